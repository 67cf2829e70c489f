use super::*;

#[test]
fn a_value_that_looks_like_a_placeholder_is_not_filled() {
    let value = |name: &str| if name == "name" { "#OTP# #".to_owned() } else { "123456".to_owned() };
    assert_eq!(fill("#Name# has #otp#", Place::Text, value), "#OTP# # has 123456");
}

#[test]
fn a_sign_that_begins_no_placeholder_stays() {
    let value = |_: &str| "x".to_owned();
    assert_eq!(fill("we are #1 and #2, color:#fff; #Name", Place::Text, value), "we are #1 and #2, color:#fff; #Name");
    assert_eq!(fill("##Name##", Place::Text, value), "#x#");
}

#[test]
fn values_are_escaped_in_html_and_one_line_in_headers() {
    let value = |_: &str| "<b>'\"&\r\nBcc: x".to_owned();
    assert_eq!(fill("<i>#Name#", Place::Html, value), "<i>&lt;b&gt;&#39;&quot;&amp;\r\nBcc: x");
    assert_eq!(fill("Hi #Name#", Place::Header, value), "Hi <b>'\"&Bcc: x");
}

#[test]
fn sections_are_kept_or_cut() {
    let sections =
        |password, user_name| [Section { tag: "FPass", kept: password }, Section { tag: "FUName", kept: user_name }];
    let text = "a#FPass b #OTP# FPass#c #FUName#UserName# FUName#d";
    assert_eq!(cut(text, &sections(true, false)), "a b #OTP# c d");
    assert_eq!(cut(text, &sections(false, true)), "ac #UserName# d");
    assert_eq!(cut("#FPass never closed", &sections(false, false)), "#FPass never closed");
}

#[test]
fn a_link_that_a_template_builds_itself_is_ours() {
    let moved_in = "open #Url#?vtype=emailverification&vtoken=#GUID# now";
    assert_eq!(whole_links(moved_in), "open #Url# now");
    assert_eq!(whole_links("#Url#? no #GUID#"), "#Url#? no #GUID#");
}
