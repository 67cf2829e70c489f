use super::{Keys, Reason};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[test]
fn the_catalogue_holds_every_known_code_and_our_own() {
    assert_eq!(Reason::ALL.len(), 384 + 9);
}

#[test]
fn every_row_belongs_to_its_variant() {
    for reason in Reason::ALL {
        assert_eq!(format!("{reason:?}"), reason.name());
        assert!((400..600).contains(&reason.status()), "{reason:?}");
    }
}

#[test]
fn our_own_codes_have_their_statuses() {
    let own: Vec<(u32, u16)> = Reason::ALL
        .iter()
        .map(|reason| (reason.code(), reason.status()))
        .filter(|(code, _)| *code == 429 || *code >= 90_000)
        .collect();
    let wanted = [
        (429, 429),
        (90_001, 403),
        (90_002, 404),
        (90_003, 405),
        (90_004, 413),
        (90_005, 503),
        (90_006, 403),
        (90_007, 403),
        (90_016, 403),
    ];
    assert_eq!(own, wanted);
}

#[test]
fn the_documented_texts_are_kept_to_the_letter() {
    let text = |reason: Reason| (reason.code(), reason.message(), reason.describe(Some("apikey")).into_owned());
    let wanted = [
        (
            Reason::ApiKeyUnauthorized,
            901,
            "The API key is unauthorized",
            "The provided LoginRadius API key is invalid or is not authorized, please use a valid or authorized \
             LoginRadius API key or check the API key for your LoginRadius account.",
        ),
        (
            Reason::ParameterInvalid,
            908,
            "A parameter is not formatted correctly",
            "The apikey is a required parameter.",
        ),
        (
            Reason::UnknownError,
            950,
            "Operation failed due to an unknown error",
            "An unknown error has occurred, please try again in a few minutes or contact your system admin.",
        ),
        (Reason::PinInvalid, 1236, "Invalid PIN", "Please use a valid PIN for the Authentication."),
        (
            Reason::AuthenticationFailed,
            1409,
            "Authentication failed",
            "The credentials provided could not be authenticated.",
        ),
        (
            Reason::TrialPlanExpired,
            6003,
            "Trial plan expired",
            "The trial plan has expired. To continue using the service, please contact support.",
        ),
        (
            Reason::InternalError,
            7909,
            "Operation failed due to an internal error.",
            "An unknown internal error occurred, please try again in a few minutes or contact your system \
             administrator.",
        ),
        (
            Reason::InvitationNotFound,
            8169,
            "Invitation not found",
            "Invitation not found, Please provide valid invitation id.",
        ),
    ];
    for (reason, code, message, description) in wanted {
        assert_eq!(text(reason), (code, message, description.to_owned()));
    }
}

#[test]
fn keys_are_ordered_as_documented() {
    assert_eq!(Reason::AuthenticationFailed.keys(), Keys::BothCases);
    assert_eq!(Reason::InternalError.keys(), Keys::MessageFirst);
    assert_eq!(Reason::OrganizationNotFound.keys(), Keys::DescriptionFirst);
    assert_eq!(Reason::ApiKeyUnauthorized.keys(), Keys::CodeFirst);
}

#[test]
fn a_missing_parameter_is_named_and_other_descriptions_stay() {
    assert_eq!(Reason::ParameterInvalid.describe(Some("email")), "The email is a required parameter.");
    assert_eq!(Reason::OtpInvalid.describe(Some("email")), Reason::OtpInvalid.description());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of the test itself, not a setting of the program")]
fn the_page_of_error_codes_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let page = page();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.with_file_name("")).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/errors.md is out of date: UPDATE_DOCS=1 cargo test -p doorward-model");
}

fn page() -> String {
    let mut page = "# Error codes\n\n\
        Made from `crates/model/catalogue.tsv`; refresh with `UPDATE_DOCS=1 cargo test -p doorward-model`.\n\n\
        An answer with any other status than 200 carries `ErrorCode`, `Message` and `Description`. \
        Act on the code: the texts are for people and may change.\n\n\
        | code | status | name | message | what to do |\n|---|---|---|---|---|\n"
        .to_owned();
    for reason in Reason::ALL {
        let [message, description] =
            [reason.message(), reason.description()].map(|text| text.replace('|', "\\|").replace('<', "&lt;"));
        let (code, status, name) = (reason.code(), reason.status(), reason.name());
        writeln!(page, "| {code} | {status} | {name} | {message} | {description} |").unwrap();
    }
    page
}
