from demo import TOP_LEVEL_PROFILE_FIELDS, Journey, Mailbox, Person, wrong_code


class Passwordless(Journey):
    def setUp(self):
        super().setUp()
        self.passwordless = self.sdk.password_less_login

    def enter_by_phone(self, person, code):
        return self.passwordless.passwordless_login_phone_verification({"phone": person.phone, "otp": code})

    def enter_by_email(self, person, code):
        return self.passwordless.passwordless_login_verification_by_email_and_otp(
            {"email": person.email, "otp": code}
        )

    def posted(self, answer):
        self.assertIs(self.accepted(answer)["IsPosted"], True)
        return answer

    def test_a_person_signs_in_by_phone_without_a_password(self):
        person, profile = self.created_by_back_end()
        sent = self.posted(self.passwordless.passwordless_login_by_phone(person.phone))
        self.assertIsInstance(sent["Data"]["Sid"], str)
        code = Mailbox(person.phone).next_code()

        self.refused(self.enter_by_phone(person, wrong_code(code)), 1067)
        session = self.accepted(self.enter_by_phone(person, code))
        self.assertEqual(len(session["Profile"]), TOP_LEVEL_PROFILE_FIELDS)
        self.assertEqual(self.signed_in_profile(session)["Uid"], profile["Uid"])
        self.refused(self.enter_by_phone(person, code), 1068)

    def test_a_person_signs_in_by_address_without_a_password(self):
        person, profile = self.created_by_back_end()
        self.posted(self.passwordless.passwordless_login_by_email(person.email))
        code = Mailbox(person.email).next_code()

        self.refused(self.enter_by_email(person, wrong_code(code)), 1185)
        session = self.accepted(self.enter_by_email(person, code))
        self.assertEqual(self.signed_in_profile(session)["Uid"], profile["Uid"])

    def test_a_person_signs_in_by_user_name_without_a_password(self):
        person, profile = self.created_by_back_end()
        self.posted(self.passwordless.passwordless_login_by_user_name(person.user_name))
        answer = {"username": person.user_name, "otp": Mailbox(person.email).next_code()}

        session = self.accepted(self.passwordless.passwordless_login_verification_by_user_name_and_otp(answer))
        self.assertEqual(self.signed_in_profile(session)["Uid"], profile["Uid"])

    def test_asking_does_not_tell_whether_somebody_is_known(self):
        person = Person()
        self.posted(self.passwordless.passwordless_login_by_phone(person.phone))
        self.posted(self.passwordless.passwordless_login_by_email(person.email))

        self.refused(self.enter_by_phone(person, "123456"), 1067)
        self.refused(self.enter_by_email(person, "123456"), 1185)
        self.assertEqual(Mailbox(person.phone).messages() + Mailbox(person.email).messages(), [])

    def test_an_unknown_link_is_refused(self):
        self.refused(self.passwordless.passwordless_login_verification("0" * 32), 1063)
