import uuid

from demo import Journey, Mailbox, Person, wrong_code


class SmartLogin(Journey):
    def test_a_device_is_signed_in_when_its_link_is_opened(self):
        person, profile = self.created_by_back_end()
        guid = str(uuid.uuid4())
        smart = self.sdk.smart_login
        self.assertIs(self.accepted(smart.smart_login_by_email(guid, person.email))["IsPosted"], True)
        self.refused(smart.smart_login_ping(guid), 1139)

        token = Mailbox(person.email).next_token()
        opened = self.accepted(smart.smart_login_token_verification(token))
        self.assertEqual(opened, {"IsPosted": True, "IsVerified": True})

        session = self.accepted(smart.smart_login_ping(guid))
        self.assertEqual(self.signed_in_profile(session)["Uid"], profile["Uid"])
        self.refused(smart.smart_login_ping(guid), 1136)
        self.refused(smart.smart_login_token_verification(token), 1137)

    def test_a_user_name_leads_to_the_mailbox_of_its_account(self):
        person, profile = self.created_by_back_end()
        guid = str(uuid.uuid4())
        smart = self.sdk.smart_login
        self.accepted(smart.smart_login_by_user_name(guid, person.user_name))
        self.accepted(smart.smart_login_token_verification(Mailbox(person.email).next_token()))
        self.assertEqual(self.accepted(smart.smart_login_ping(guid))["Profile"]["Uid"], profile["Uid"])

    def test_a_guid_that_is_not_random_is_refused(self):
        for guid in ("my-device", str(uuid.uuid1()), str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.com"))):
            self.refused(self.sdk.smart_login.smart_login_by_email(guid, Person().email), 1140)


class OneTouchLogin(Journey):
    def test_somebody_new_signs_up_by_email(self):
        email, guid, touch = Person().email, str(uuid.uuid4()), self.sdk.one_touch_login
        sent = self.accepted(touch.one_touch_login_by_email({"clientguid": guid, "email": email, "name": "Ann"}))
        self.assertIs(sent["IsPosted"], True)
        self.refused(touch.one_touch_login_ping(guid), 1139)

        token = Mailbox(email).next_token()
        self.assertIs(self.accepted(touch.one_touch_email_verification(token))["IsVerified"], True)

        session = self.accepted(touch.one_touch_login_ping(guid))
        self.assertEqual(session["Profile"]["Email"], [{"Type": "Primary", "Value": email}])
        self.assertIs(session["Profile"]["EmailVerified"], True)
        self.assertEqual(session["Profile"]["FirstName"], "Ann")
        self.assertEqual(self.signed_in_profile(session)["Uid"], session["Profile"]["Uid"])
        self.refused(touch.one_touch_email_verification(token), 1145)

    def test_somebody_new_signs_up_by_phone_and_signs_in_the_same_way_again(self):
        phone, touch = Person().phone, self.sdk.one_touch_login
        mailbox = Mailbox(phone)

        def ask():
            self.assertIs(self.accepted(touch.one_touch_login_by_phone({"phone": phone}))["IsPosted"], True)
            return mailbox.next_code()

        code = ask()
        self.refused(touch.one_touch_login_otp_verification(wrong_code(code), phone), 1067)
        first = self.accepted(touch.one_touch_login_otp_verification(code, phone))
        self.assertIs(first["Profile"]["PhoneIdVerified"], True)
        second = self.accepted(touch.one_touch_login_otp_verification(ask(), phone))
        self.assertEqual(second["Profile"]["Uid"], first["Profile"]["Uid"])
