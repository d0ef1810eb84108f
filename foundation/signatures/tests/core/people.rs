//! What a certificate tells people: whose it is and by which numbers the state knows the holder.

use crate::pki::{Key, PERSON, Pki};
use signatures::{HolderKind, NationalId};

#[test]
fn holders_and_their_numbers() {
    let pki = Pki::usual();
    let cases = [
        (
            "a",
            "/C=VN/O=Công ty A/CN=Công ty A/UID=MST:0100109106",
            HolderKind::Organisation,
            NationalId::TaxCode("0100109106".into()),
        ),
        (
            "b",
            "/C=VN/CN=Trần Bình/UID=CMND:012345678",
            HolderKind::Person,
            NationalId::IdentityCard("012345678".into()),
        ),
        (
            "c",
            "/C=VN/O=UBND xã/organizationIdentifier=MD:VN-H57.30.12/CN=UBND xã/serialNumber=MNS:1012345",
            HolderKind::Organisation,
            NationalId::BudgetCode("1012345".into()),
        ),
        (
            "d",
            "/C=VN/organizationIdentifier=MD:VN-H57/CN=Lê Cường/serialNumber=CCCD:001086000002",
            HolderKind::Person,
            NationalId::CitizenId("001086000002".into()),
        ),
    ];
    for (name, subject, holder, id) in cases {
        let info = pki.issue("ca", name, subject, PERSON, Key::P256).info();
        assert_eq!((info.holder, info.national_ids), (holder, vec![id]), "{subject}");
    }
    let info = pki.certificate("c").info();
    assert_eq!(info.agency_code.as_ref().map(base::AgencyCode::as_str), Some("H57.30.12"));
    assert_eq!((info.name.as_str(), info.organisation.as_deref()), ("UBND xã", Some("UBND xã")));
    assert_eq!((info.issuer_name.as_str(), info.key.as_str()), ("CA thử nghiệm", "ECDSA P-256"));
    assert_eq!(info.key_usage, ["digitalSignature", "nonRepudiation"]);
    let numbered =
        pki.issue("ca", "e", "/C=VN/organizationIdentifier=MD:VN-H57/CN=Võ Dung/serialNumber=42", PERSON, Key::P256);
    assert_eq!(numbered.holder(), HolderKind::Person);
    pki.write("many.pem", [pki.read("a.pem"), pki.read("b.pem")].concat());
    assert_eq!(signatures::Certificate::parse_many(&pki.read("many.pem")).map(|all| all.len()), Ok(2));
}
