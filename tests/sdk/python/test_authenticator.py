from authenticator import App
from demo import Journey, wrong_code

NO_TOKEN = "00000000-0000-0000-0000-000000000000"


class AnAuthenticatorApp(Journey):
    def login(self, person):
        return self.accepted(self.sdk.mfa.mfa_login_by_email(person.email, person.password))

    def with_app(self):
        """A person with an app, the app, and the session that it was set up in."""
        person, profile = self.created_by_back_end()
        session = self.login(person)
        token = session["access_token"]
        settings = self.accepted(self.sdk.mfa.mfa_configure_by_access_token(token))
        self.assertTrue(settings["QRCode"].startswith("data:image/png;base64,"))
        app = App(settings["ManualEntryCode"])
        verify = self.sdk.mfa.mfa_verify_authenticator_code
        shown = self.accepted(verify(token, {"authenticatorcode": app.code(-1)}))
        self.assertEqual(shown["Uid"], profile["Uid"])
        return person, app, session

    def waiting_login(self, person):
        waiting = self.login(person)
        self.assertEqual(waiting["access_token"], NO_TOKEN)
        factors = waiting["SecondFactorAuthentication"]
        self.assertTrue(factors["IsAuthenticatorVerified"])
        self.assertIsNone(factors["QRCode"])
        return factors["SecondFactorAuthenticationToken"]

    def test_completes_a_login_by_the_code_that_it_shows(self):
        person, app, session = self.with_app()
        token = self.waiting_login(person)
        code = app.code()
        verify = self.sdk.mfa.mfa_validate_authenticator_code
        self.refused(verify({"authenticatorcode": wrong_code(code)}, token), 1102)
        completed = self.accepted(verify({"authenticatorcode": code}, token))
        self.assertEqual(completed["Profile"]["Uid"], session["Profile"]["Uid"])
        self.refused(verify({"authenticatorcode": code}, self.waiting_login(person)), 1102)

    def test_is_removed_by_its_owner_or_the_back_end(self):
        person, _, session = self.with_app()
        removed = self.sdk.mfa.mfa_reset_authenticator_by_token(session["access_token"], True)
        self.assertTrue(self.accepted(removed)["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)
        person, _, session = self.with_app()
        removed = self.sdk.mfa.mfa_reset_authenticator_by_uid(True, session["Profile"]["Uid"])
        self.assertTrue(self.accepted(removed)["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)

    def test_is_stood_in_for_by_backup_codes(self):
        person, _, session = self.with_app()
        token, uid = session["access_token"], session["Profile"]["Uid"]
        codes = self.accepted(self.sdk.mfa.mfa_backup_code_by_access_token(token))["BackUpCodes"]
        self.assertEqual(len(set(codes)), 10)
        self.refused(self.sdk.mfa.mfa_backup_code_by_access_token(token), 1127)
        verify = self.sdk.mfa.mfa_validate_backup_code
        completed = self.accepted(verify({"backupcode": codes[0]}, self.waiting_login(person)))
        self.assertEqual(completed["Profile"]["Uid"], uid)
        waiting = self.waiting_login(person)
        self.refused(verify({"backupcode": codes[0]}, waiting), 1129)
        others = self.accepted(self.sdk.mfa.mfa_reset_backup_code_by_uid(uid))["BackUpCodes"]
        self.refused(verify({"backupcode": codes[1]}, waiting), 1129)
        self.accepted(verify({"backupcode": others[0]}, waiting))
