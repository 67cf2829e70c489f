from demo import Journey, Mailbox, Person, wrong_code

NO_TOKEN = "00000000-0000-0000-0000-000000000000"


class ASecondPhone(Journey):
    def login(self, person):
        return self.accepted(self.sdk.mfa.mfa_login_by_email(person.email, person.password))

    def with_second_phone(self):
        """A person with a second phone, its number, the messages to it, and the session that it was set up in."""
        person, profile = self.created_by_back_end()
        second = Person().phone
        mailbox = Mailbox(second)
        session = self.login(person)
        token = session["access_token"]
        self.accepted(self.sdk.mfa.mfa_update_phone_number_by_token(token, second))
        shown = self.accepted(self.sdk.mfa.mfa_update_setting(token, {"otp": mailbox.next_code()}))
        self.assertEqual(shown["Uid"], profile["Uid"])
        return person, second, mailbox, session

    def test_completes_a_login_by_the_code_that_goes_there(self):
        person, _, mailbox, session = self.with_second_phone()
        waiting = self.login(person)
        self.assertEqual(waiting["access_token"], NO_TOKEN)
        self.assertIsNone(waiting["Profile"])
        factors = waiting["SecondFactorAuthentication"]
        self.assertTrue(factors["IsOTPAuthenticatorVerified"])
        token = factors["SecondFactorAuthenticationToken"]
        code = mailbox.next_code()

        verify = self.sdk.mfa.mfa_validate_otp_by_phone
        self.refused(verify({"otp": wrong_code(code)}, token), 1067)
        completed = self.accepted(verify({"otp": code}, token))
        self.assertEqual(completed["Profile"]["Uid"], session["Profile"]["Uid"])
        self.assertEqual(self.signed_in_profile(completed)["Uid"], session["Profile"]["Uid"])
        self.refused(verify({"otp": code}, token), 1103)

    def test_is_asked_for_by_the_plain_login_too(self):
        person, _, mailbox, _ = self.with_second_phone()
        waiting = self.accepted(self.login_by_email(person))
        token = waiting["SecondFactorAuthentication"]["SecondFactorAuthenticationToken"]
        self.accepted(self.sdk.mfa.mfa_resend_otp(token))
        verify = self.sdk.mfa.mfa_validate_otp_by_phone
        completed = self.accepted(verify({"otp": mailbox.next_code()}, token, "Uid"))
        self.assertEqual(list(completed["Profile"]), ["Uid"])

    def test_is_seen_and_removed_by_its_owner(self):
        person, second, _, session = self.with_second_phone()
        token = session["access_token"]
        settings = self.accepted(self.sdk.mfa.mfa_configure_by_access_token(token))
        self.assertEqual(settings["OTPPhoneNo"], second)
        self.assertTrue(self.accepted(self.sdk.mfa.mfa_reset_sms_auth_by_token(token, True))["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)

    def test_is_removed_by_the_back_end(self):
        person, _, _, session = self.with_second_phone()
        uid = session["Profile"]["Uid"]
        self.assertTrue(self.accepted(self.sdk.mfa.mfa_reset_sms_authenticator_by_uid(True, uid))["IsDeleted"])
        self.assertNotEqual(self.login(person)["access_token"], NO_TOKEN)
