from demo import GUID, TOP_LEVEL_PROFILE_FIELDS, Journey, Person, new_password


class APersonSignsIn(Journey):
    def doors(self):
        return {
            "phone": self.login_by_phone,
            "email": self.login_by_email,
            "user name": self.login_by_user_name,
        }

    def test_by_phone_by_email_and_by_user_name(self):
        for door, login in self.doors().items():
            with self.subTest(door):
                person, profile = self.created_by_back_end()
                session = self.accepted(login(person))

                self.assertRegex(session["access_token"], GUID)
                self.assertRegex(session["refresh_token"], GUID)
                self.assertRegex(session["expires_in"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
                self.assertEqual(session["Profile"]["Uid"], profile["Uid"])
                self.assertEqual(len(session["Profile"]), TOP_LEVEL_PROFILE_FIELDS)

    def test_only_with_the_right_password(self):
        for door, login in self.doors().items():
            with self.subTest(door):
                person, _ = self.created_by_back_end()
                self.refused(login(person, new_password()), 966)

    def test_only_when_known_and_the_answer_does_not_tell(self):
        for door, login in self.doors().items():
            with self.subTest(door):
                self.refused(login(Person()), 966)


class ASession(Journey):
    def signed_in(self):
        person, _ = self.created_by_back_end()
        return person, self.accepted(self.login_by_email(person))

    def test_reads_its_own_profile_whole_or_in_part(self):
        person, session = self.signed_in()
        uid = session["Profile"]["Uid"]

        whole = self.signed_in_profile(session)
        self.assertEqual(whole["Uid"], uid)
        self.assertEqual(whole["Email"], [{"Type": "Primary", "Value": person.email}])

        part = self.sdk.authentication.get_profile_by_access_token(session["access_token"], "firstname,Uid")
        self.assertEqual(part, {"FirstName": "Ann", "Uid": uid})

    def test_is_validated_and_told_about(self):
        _, session = self.signed_in()
        token = session["access_token"]

        valid = self.accepted(self.sdk.authentication.auth_validate_access_token(token))
        self.assertEqual(valid["access_token"], token)
        self.assertEqual(valid["expires_in"], session["expires_in"])

        info = self.accepted(self.sdk.authentication.get_access_token_info(token))
        self.assertEqual(info["access_token"], token)
        self.assertIs(info["isrememberme"], False)
        self.assertEqual(info["expires_in"], session["expires_in"])

    def test_that_is_given_up_is_dead_while_its_refresh_token_lives(self):
        _, session = self.signed_in()
        token = session["access_token"]

        # This client writes its booleans as `False` and `True`.
        given = self.sdk.authentication.auth_in_validate_access_token(token, prevent_refresh=False)
        self.assertIs(self.accepted(given)["IsPosted"], True)

        self.refused(self.sdk.authentication.auth_validate_access_token(token), 905)
        self.refused(self.sdk.authentication.get_profile_by_access_token(token), 905)
        refreshed = self.sdk.account.refresh_access_token_by_refresh_token(session["refresh_token"])
        self.assertRegex(self.accepted(refreshed)["access_token"], GUID)

    def test_that_is_given_up_takes_its_refresh_token_with_it_when_asked(self):
        _, session = self.signed_in()
        token = session["access_token"]

        self.accepted(self.sdk.authentication.auth_in_validate_access_token(token, prevent_refresh=True))

        self.refused(self.sdk.authentication.auth_validate_access_token(token), 905)
        refreshed = self.sdk.account.refresh_access_token_by_refresh_token(session["refresh_token"])
        self.refused(refreshed, 1217)

    def test_goes_on_with_a_refresh_token_that_is_used_once(self):
        _, session = self.signed_in()
        refresh = self.sdk.account.refresh_access_token_by_refresh_token

        second = self.accepted(refresh(session["refresh_token"]))
        self.assertNotEqual(second["access_token"], session["access_token"])
        self.assertNotEqual(second["refresh_token"], session["refresh_token"])
        self.assertEqual(self.signed_in_profile(second)["Uid"], session["Profile"]["Uid"])

        self.refused(refresh(session["refresh_token"]), 1217)
        third = self.accepted(refresh(second["refresh_token"]))
        self.assertRegex(third["access_token"], GUID)
