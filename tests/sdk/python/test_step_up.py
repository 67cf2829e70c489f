from authenticator import App
from demo import GUID, Journey, Mailbox, Person, wrong_code

PIN = "2580"


class StepUp(Journey):
    def setUp(self):
        super().setUp()
        self.reauth = self.sdk.re_authentication

    def signed_in(self):
        """A person with everything verified, their uid, and the access token of a login."""
        person, profile = self.created_by_back_end()
        session = self.accepted(self.sdk.mfa.mfa_login_by_email(person.email, person.password))
        return person, profile["Uid"], session["access_token"]

    def shown(self, reply):
        """What the person shows to the back end."""
        token = self.accepted(reply)["SecondFactorValidationToken"]
        self.assertRegex(token, GUID)
        return {"secondFactorValidationToken": token}

    def test_the_password_proves_who_one_is_and_the_back_end_learns_of_it_once(self):
        person, uid, token = self.signed_in()
        by_password = self.reauth.mfa_re_authenticate_by_password
        self.refused(by_password(token, {"password": "not it"}), 1205)
        proof = self.shown(by_password(token, {"password": person.password}))
        self.refused(self.reauth.verify_multi_factor_pin_reauthentication(proof, uid), 1193)
        valid = self.accepted(self.reauth.verify_multi_factor_password_reauthentication(proof, uid))
        self.assertIs(valid["IsValid"], True)
        self.refused(self.reauth.verify_multi_factor_password_reauthentication(proof, uid), 1193)

    def test_the_pin_does(self):
        _, uid, token = self.signed_in()
        update = self.sdk.authentication.update_profile_by_access_token
        self.accepted(update(token, {"PINInfo": {"PIN": PIN}}))
        self.refused(self.reauth.verify_pin_authentication(token, {"pin": "9371"}), 1236)
        proof = self.shown(self.reauth.verify_pin_authentication(token, {"pin": PIN}))
        valid = self.accepted(self.reauth.verify_multi_factor_pin_reauthentication(proof, uid))
        self.assertIs(valid["IsValid"], True)

    def test_the_code_that_goes_to_the_second_phone_does(self):
        _, uid, token = self.signed_in()
        second = Person().phone
        mailbox = Mailbox(second)
        self.refused(self.reauth.mfa_re_authenticate(token), 1101)
        self.accepted(self.sdk.mfa.mfa_update_phone_number_by_token(token, second))
        self.accepted(self.sdk.mfa.mfa_update_setting(token, {"otp": mailbox.next_code()}))

        factors = self.accepted(self.reauth.mfa_re_authenticate(token))
        self.assertEqual(factors["OTPPhoneNo"], second)
        code = mailbox.next_code()
        by_otp = self.reauth.mfa_re_authenticate_by_otp
        self.refused(by_otp(token, {"otp": wrong_code(code)}), 1067)
        proof = self.shown(by_otp(token, {"otp": code}))
        valid = self.accepted(self.reauth.verify_multi_factor_otp_reauthentication(proof, uid))
        self.assertIs(valid["IsValid"], True)
        self.refused(by_otp(token, {"otp": code}), 1068)

    def test_the_authenticator_app_does_and_a_backup_code(self):
        _, uid, token = self.signed_in()
        by_app = self.reauth.mfa_re_authenticate_by_authenticator_code
        on_paper = self.reauth.mfa_re_authenticate_by_backup_code
        self.refused(by_app(token, {"authenticatorcode": "123456"}), 1099)
        self.refused(on_paper(token, {"backupcode": "00000-00000"}), 1128)
        settings = self.accepted(self.sdk.mfa.mfa_configure_by_access_token(token))
        app = App(settings["ManualEntryCode"])
        verify = self.sdk.mfa.mfa_verify_authenticator_code
        self.accepted(verify(token, {"authenticatorcode": app.code(-1)}))
        codes = self.accepted(self.sdk.mfa.mfa_backup_code_by_access_token(token))["BackUpCodes"]

        code = app.code()
        self.refused(by_app(token, {"authenticatorcode": wrong_code(code)}), 1102)
        proof = self.shown(by_app(token, {"authenticatorcode": code}))
        valid = self.accepted(self.reauth.verify_multi_factor_otp_reauthentication(proof, uid))
        self.assertIs(valid["IsValid"], True)
        self.refused(by_app(token, {"authenticatorcode": code}), 1102)

        self.shown(on_paper(token, {"backupcode": codes[0]}))
        self.refused(on_paper(token, {"backupcode": codes[0]}), 1129)
