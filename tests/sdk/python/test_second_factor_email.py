from demo import Journey, Mailbox, wrong_code

NO_TOKEN = "00000000-0000-0000-0000-000000000000"


class CodesByEmail(Journey):
    def login(self, person):
        return self.accepted(self.sdk.mfa.mfa_login_by_email(person.email, person.password))

    def with_codes_by_email(self):
        """A person whose second factor they are, the messages to them, and the session that it was set up in."""
        person, profile = self.created_by_back_end()
        mailbox = Mailbox(person.email)
        session = self.login(person)
        token = session["access_token"]
        self.assertTrue(self.accepted(self.sdk.mfa.mfa_email_otp_by_access_token(token, person.email))["IsPosted"])
        proof = {"EmailId": person.email, "Otp": mailbox.next_code()}
        shown = self.accepted(self.sdk.mfa.mfa_validate_email_otp_by_access_token(token, proof))
        self.assertEqual(shown["Uid"], profile["Uid"])
        return person, mailbox, session

    def test_complete_a_login_by_the_one_that_goes_to_the_only_address(self):
        person, mailbox, session = self.with_codes_by_email()
        waiting = self.login(person)
        self.assertEqual(waiting["access_token"], NO_TOKEN)
        factors = waiting["SecondFactorAuthentication"]
        self.assertTrue(factors["IsEmailOtpAuthenticatorVerified"])
        self.assertRegex(factors["Email"][0], r"^a\*+.@e\*+e\.c\*m$")
        self.assertEqual(factors["EmailOTPStatus"]["Email"], factors["Email"][0])
        token = factors["SecondFactorAuthenticationToken"]
        code = mailbox.next_code()

        verify = self.sdk.mfa.mfa_validate_email_otp
        self.refused(verify({"emailid": person.email, "otp": wrong_code(code)}, token), 1067)
        completed = self.accepted(verify({"emailid": person.email, "otp": code}, token))
        self.assertEqual(completed["Profile"]["Uid"], session["Profile"]["Uid"])
        self.assertEqual(self.signed_in_profile(completed)["Uid"], session["Profile"]["Uid"])
        self.refused(verify({"emailid": person.email, "otp": code}, token), 1103)

    def test_go_to_addresses_of_the_account_and_to_no_other(self):
        person, _, _ = self.with_codes_by_email()
        token = self.login(person)["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"]
        self.assertTrue(self.accepted(self.sdk.mfa.mfa_email_otp({"emailid": person.email}, token))["IsPosted"])
        self.refused(self.sdk.mfa.mfa_email_otp({"emailid": "nobody@example.com"}, token), 1340)

    def test_are_seen_and_removed_by_their_owner(self):
        person, _, session = self.with_codes_by_email()
        token = session["access_token"]
        settings = self.accepted(self.sdk.mfa.mfa_configure_by_access_token(token))
        self.assertEqual(settings["Email"], [person.email])
        removed = self.accepted(self.sdk.mfa.mfa_reset_email_otp_authenticator_by_access_token(token))
        self.assertTrue(removed["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)

    def test_are_removed_by_the_back_end(self):
        person, _, session = self.with_codes_by_email()
        uid = session["Profile"]["Uid"]
        self.assertTrue(self.accepted(self.sdk.mfa.mfa_reset_email_otp_authenticator_by_uid(uid))["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)
