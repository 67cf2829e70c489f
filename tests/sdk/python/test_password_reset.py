from demo import TOP_LEVEL_PROFILE_FIELDS, Journey, Mailbox, Person, new_password, wrong_code


TRIES_BEFORE_SUSPENSION = 10


class PasswordReset(Journey):
    def reset(self, person, code, password):
        return self.sdk.phone_authentication.reset_password_by_phone_otp(
            {"phone": person.phone, "otp": code, "password": password}
        )

    def code_asked(self, person, mailbox):
        sent = self.accepted(self.sdk.phone_authentication.forgot_password_by_phone_otp(person.phone))
        self.assertIs(sent["IsPosted"], True)
        self.assertIsInstance(sent["Data"]["Sid"], str)
        self.assertIn("AccountSid", sent["Data"])
        return mailbox.next_code()

    def forgetful(self):
        person, _ = self.created_by_back_end()
        return person, Mailbox(person.phone)

    def test_a_forgotten_password_is_reset_by_phone_and_the_person_is_signed_in(self):
        person, mailbox, session = self.registered_by_phone()
        uid = session["Profile"]["Uid"]
        new_secret = new_password()

        answer = self.accepted(self.reset(person, self.code_asked(person, mailbox), new_secret))

        self.assertIs(answer["IsPosted"], True)
        login = answer["Data"]
        self.assertEqual(len(login["Profile"]), TOP_LEVEL_PROFILE_FIELDS)
        self.assertEqual(login["Profile"]["PhoneId"], person.phone)
        self.assertEqual(self.signed_in_profile(login)["Uid"], uid)
        refreshed = self.sdk.account.refresh_access_token_by_refresh_token(login["refresh_token"])
        self.assertEqual(self.signed_in_profile(self.accepted(refreshed))["Uid"], uid)

        self.refused(self.login_by_phone(person), 966)
        self.assertEqual(self.accepted(self.login_by_phone(person, new_secret))["Profile"]["Uid"], uid)

    def test_a_reset_ends_every_session_from_before_it(self):
        person, mailbox, session = self.registered_by_phone()
        other = self.accepted(self.login_by_phone(person))

        self.accepted(self.reset(person, self.code_asked(person, mailbox), new_password()))

        for dead in (session, other):
            self.refused(self.sdk.authentication.get_profile_by_access_token(dead["access_token"]), 905)
            refreshed = self.sdk.account.refresh_access_token_by_refresh_token(dead["refresh_token"])
            self.refused(refreshed, 1217)

    def test_a_wrong_code_is_refused_and_the_right_one_still_works(self):
        person, mailbox = self.forgetful()
        code = self.code_asked(person, mailbox)

        self.refused(self.reset(person, wrong_code(code), new_password()), 1409)
        self.accepted(self.login_by_phone(person))
        self.accepted(self.reset(person, code, new_password()))

    def test_a_used_code_is_refused(self):
        person, mailbox = self.forgetful()
        code = self.code_asked(person, mailbox)

        self.accepted(self.reset(person, code, new_password()))
        self.refused(self.reset(person, code, new_password()), 1409)

    def test_a_code_is_refused_when_a_newer_one_was_sent(self):
        person, mailbox = self.forgetful()
        older = self.code_asked(person, mailbox)
        newer = self.code_asked(person, mailbox)

        self.refused(self.reset(person, older, new_password()), 1409)
        self.accepted(self.reset(person, newer, new_password()))

    def test_a_code_is_refused_that_was_sent_to_verify_the_phone_number(self):
        person, _ = self.created_by_back_end(PhoneIdVerified=False)
        self.accepted(self.sdk.phone_authentication.phone_resend_verification_otp(person.phone))

        self.refused(self.reset(person, Mailbox(person.phone).next_code(), new_password()), 1409)

    def test_asking_for_a_code_does_not_tell_whether_the_phone_number_is_known(self):
        person = Person()

        sent = self.accepted(self.sdk.phone_authentication.forgot_password_by_phone_otp(person.phone))
        self.assertIs(sent["IsPosted"], True)
        self.assertIsInstance(sent["Data"]["Sid"], str)

        self.refused(self.reset(person, "123456", new_password()), 1409)
        self.assertEqual(Mailbox(person.phone).messages(), [])

    def test_a_password_that_the_policy_refuses_leaves_the_code_usable(self):
        person, mailbox = self.forgetful()
        code = self.code_asked(person, mailbox)

        refusal = self.refused(self.reset(person, code, "short"), 1134)
        self.assertEqual(refusal["Errors"][0]["FieldName"].lower(), "password")
        self.accepted(self.reset(person, code, new_password()))

    def test_a_reset_opens_an_account_that_guessing_had_suspended(self):
        person, mailbox = self.forgetful()
        for _ in range(TRIES_BEFORE_SUSPENSION):
            self.refused(self.login_by_phone(person, new_password()), 966)

        suspended = self.refused(self.login_by_phone(person), 1198)
        self.assertIn("LoginLockedTimeout", suspended["Data"])

        new_secret = new_password()
        self.accepted(self.reset(person, self.code_asked(person, mailbox), new_secret))
        login = self.accepted(self.login_by_phone(person, new_secret))
        self.assertIs(login["Profile"]["IsLoginLocked"], False)
