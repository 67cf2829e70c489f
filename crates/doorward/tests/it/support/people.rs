//! People, as far as tests need any.

use super::{Call, Reply, Test};
use serde_json::{Map, Value, json};

/// A password that every rule accepts.
pub(crate) const GOOD_PASSWORD: &str = "velvet anchor 58 tulips";

/// Another one.
pub(crate) const OTHER_PASSWORD: &str = "granite kettle 91 orbits";

/// Another code than this one.
pub(crate) fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

/// A registered person.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "a user name is what the product calls it")]
pub(crate) struct User {
    pub(crate) uid: String,
    /// `+9198` and eight digits, a mobile number in India; empty without one.
    pub(crate) phone: String,
    /// Empty without one.
    pub(crate) email: String,
    /// Empty without one.
    pub(crate) user_name: String,
    pub(crate) password: String,
    /// The profile as the registration answered it.
    pub(crate) profile: Value,
}

/// The tokens of a login.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    /// Out of a login answer, bare or under `Data`.
    #[track_caller]
    pub(crate) fn of(reply: &Reply) -> Tokens {
        let login = reply.ok().get("Data").unwrap_or(&reply.json);
        let text =
            |name: &str| login[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", reply.text)).to_owned();
        Tokens { access: text("access_token"), refresh: text("refresh_token") }
    }
}

impl Test {
    /// A person whom the back end made: phone and email proved, a user name, [`GOOD_PASSWORD`].
    pub(crate) async fn user(&self) -> User {
        self.user_with(&json!({})).await
    }

    /// The same with other fields: `json!({ "Email": null, "PhoneIdVerified": false })`; null leaves one out.
    pub(crate) async fn user_with(&self, fields: &Value) -> User {
        self.user_at(fields, Call::back_end).await
    }

    /// The same at whichever tenant `caller` puts on the request.
    pub(crate) async fn user_at(&self, fields: &Value, caller: impl FnOnce(Call) -> Call) -> User {
        let mut body = self.next_body();
        for (name, value) in fields.as_object().unwrap() {
            body.insert(name.clone(), value.clone());
        }
        body.retain(|_, value| !value.is_null());
        let call = caller(self.post("/identity/v2/manage/account"));
        let reply = call.json(&Value::Object(body.clone())).send().await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        User {
            uid: text(&reply.ok()["Uid"]),
            phone: text(&reply.json["PhoneId"]),
            email: text(&reply.json["Email"][0]["Value"]),
            user_name: text(&reply.json["UserName"]),
            password: text(body.get("Password").unwrap_or(&Value::Null)),
            profile: reply.json,
        }
    }

    fn next_body(&self) -> Map<String, Value> {
        let number = self.next_person();
        let body = json!({
            "FirstName": "Asha",
            "LastName": "Rao",
            "Email": [{ "Type": "Primary", "Value": format!("asha{number}@example.com") }],
            "PhoneId": format!("+9198{:08}", 76_500_000 + number),
            "UserName": format!("asha_{number}"),
            "Password": GOOD_PASSWORD,
            "EmailVerified": true,
            "PhoneIdVerified": true,
        });
        body.as_object().unwrap().clone()
    }

    /// A registration token of "acme".
    pub(crate) async fn sott(&self) -> String {
        let reply = self.get("/identity/v2/manage/account/sott").back_end().send().await;
        reply.ok()["Sott"].as_str().unwrap().to_owned()
    }

    /// Registers with this body and a fresh registration token.
    pub(crate) async fn register(&self, body: &Value) -> Reply {
        let sott = self.sott().await;
        self.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &sott).json(body).send().await
    }

    /// A person who registered with phone and password and proved the phone, with the login that follows.
    pub(crate) async fn registered_by_phone(&self) -> (User, Tokens) {
        let mut body = self.next_body();
        body.retain(|name, _| name == "PhoneId" || name == "Password");
        let phone = body["PhoneId"].as_str().unwrap().to_owned();
        self.register(&Value::Object(body)).await.ok();
        let code = self.code_for(&phone).await;
        let verify = self.put("/identity/v2/auth/phone/otp").key().query("otp", &code);
        let reply = verify.json(&json!({ "phone": phone })).send().await;
        let profile = reply.ok()["Profile"].clone();
        let user = User {
            uid: profile["Uid"].as_str().unwrap().to_owned(),
            phone,
            email: String::new(),
            user_name: String::new(),
            password: GOOD_PASSWORD.to_owned(),
            profile,
        };
        (user, Tokens::of(&reply))
    }

    /// The request that signs in with this password: by email, else phone, else user name.
    pub(crate) fn login_call(&self, user: &User, password: &str) -> Call {
        let named = [("email", &user.email), ("phone", &user.phone), ("username", &user.user_name)];
        let (name, value) = named.into_iter().find(|(_, value)| !value.is_empty()).expect("a person can be named");
        self.post("/identity/v2/auth/login").key().json(&json!({ name: value, "password": password }))
    }

    /// Signs in with the person's own password.
    pub(crate) async fn login(&self, user: &User) -> Tokens {
        Tokens::of(&self.login_call(user, &user.password).send().await)
    }

    /// The request of the person's own profile.
    pub(crate) fn profile_call(&self, tokens: &Tokens) -> Call {
        self.get("/identity/v2/auth/account").key().token(&tokens.access)
    }

    /// The request that exchanges the refresh token.
    pub(crate) fn refresh_call(&self, tokens: &Tokens) -> Call {
        let path = "/identity/v2/manage/account/access_token/refresh";
        self.get(path).back_end().query("refresh_token", &tokens.refresh)
    }

    /// The back end's request that changes the person's account.
    pub(crate) fn update_call(&self, user: &User, change: &Value) -> Call {
        self.put(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().json(change)
    }

    /// The request that asks for a code that resets the password.
    pub(crate) fn ask_for_reset(&self, phone: &str) -> Call {
        self.post("/identity/v2/auth/password/otp").key().json(&json!({ "phone": phone }))
    }

    /// A code that resets the person's password.
    pub(crate) async fn reset_code(&self, user: &User) -> String {
        self.ask_for_reset(&user.phone).send().await.ok();
        self.code_for(&user.phone).await
    }

    /// The request that resets a password by phone and code.
    pub(crate) fn reset_call(&self, phone: &str, otp: &str, password: &str) -> Call {
        let body = json!({ "phone": phone, "otp": otp, "password": password });
        self.put("/identity/v2/auth/password/otp").key().json(&body)
    }
}
