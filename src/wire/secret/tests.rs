//! Keys that are used and never shown.

use super::Secret;

#[test]
fn a_key_is_visible_ascii_without_blanks_around_it() {
    let key = |text| Secret::key(text).map(|key| key.expose().to_owned()).map_err(|why| why.0);
    assert_eq!(key("sk-1"), Ok("sk-1".to_owned()));
    assert_eq!(key(" \tsk-1\r\n"), Ok("sk-1".to_owned()));
    for empty in ["", " ", "\n"] {
        assert_eq!(key(empty), Err("the API key is empty".to_owned()));
    }
    for bad in ["sk 1", "sk-1\nsk-2", "sk-1\r\nEvil: yes", "sk-é", "sk\0", "sk\u{7f}"] {
        let why = "the API key holds a blank, a line break or a byte that is not ASCII";
        assert_eq!(key(bad), Err(why.to_owned()));
    }
}

#[test]
fn a_key_is_never_shown() {
    let key = Secret::key("sk-secret").unwrap();
    assert_eq!(format!("{key} {key:?} {:?}", Some(&key)), "*** *** Some(***)");
    assert_eq!(key.redact("sk-secret, (sk-secret)sk-secretsk-secre"), "***, (***)***sk-secre");
    assert_eq!(key.redact("a sk-sec…"), "a ***…");
    assert_eq!(key.redact("a sk-se… sk-se…"), "a sk-se… sk-se…");
    let none = Secret::key("none").unwrap();
    assert_eq!(none.redact("none of these"), "none of these");
}
