//! Any package and any status that can be written is read back as it was, unknown parts included.

use crate::support::{document, package_of, read, settled};
use base::{Date, Timestamp};
use exchange::edxml::{
    self, Attribute, Business, DetachedSignature, DocumentChanges, Element, Extra, Extras, Message, NAMESPACE, Node,
    Operation, Organization, OtherInfo, Package, Place, ReceiverChange, Replacement, ResponseFor, SignerRole,
    StaffInfo, StatusMessage, TraceHeader, TraceHeaderList,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::{collection::vec, sample::select};

/// Text with everything that XML finds hard, without blanks at its ends and not empty.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let letters = vec![
        'a',
        'Z',
        '9',
        'ế',
        'Đ',
        '&',
        '<',
        '>',
        '"',
        '\'',
        ']',
        '/',
        '\t',
        '\n',
        '\r',
        ' ',
        '\u{1f600}',
        '\u{fffd}',
    ];
    vec(select(letters), 1..longest.min(20))
        .prop_map(|chars| chars.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("text", |text| !text.is_empty())
}

fn date() -> impl Strategy<Value = Date> {
    (1900..2100i16, 1..13i8, 1..29i8).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000i64).prop_map(|seconds| Timestamp::from_micros(seconds * 1_000_000))
}

fn attribute() -> impl Strategy<Value = Attribute> {
    (select(vec!["mot", "hai", "ba"]), any::<bool>(), text(10)).prop_map(|(name, foreign, value)| Attribute {
        prefix: if foreign { "q".into() } else { String::new() },
        name: name.into(),
        namespace: if foreign { "urn:q".into() } else { String::new() },
        value,
    })
}

fn element() -> impl Strategy<Value = Element> {
    let name =
        select(vec![("", NAMESPACE, "La"), ("edXML", NAMESPACE, "Khac"), ("x", "urn:x", "Ngoai"), ("", "", "Tran")]);
    let leaf =
        (name.clone(), of(attribute()), of(text(10))).prop_map(|((prefix, namespace, name), attribute, text)| {
            Element {
                prefix: prefix.into(),
                name: name.into(),
                namespace: namespace.into(),
                declarations: Vec::new(),
                attributes: attribute.into_iter().collect(),
                children: text.map(Node::Text).into_iter().collect(),
            }
        });
    leaf.prop_recursive(3, 8, 3, |inner| {
        (inner.clone(), vec(inner, 1..3)).prop_map(|(outer, children)| Element {
            children: children.into_iter().map(Node::Element).collect(),
            ..outer
        })
    })
}

/// Unknown parts of a group whose first child is `first`.
fn extras(first: &'static str) -> impl Strategy<Value = Extras> {
    let place = of(Just(Place { name: first.into(), nth: 0 }));
    let unknown = (place, element()).prop_map(|(after, element)| Extra { after, element });
    (of(attribute()), of(attribute()), vec(unknown, 0..2)).prop_map(move |(own, childs, mut elements)| {
        elements.sort_by_key(|extra| extra.after.is_some());
        let of_child = Extras { attributes: childs.into_iter().collect(), ..Extras::default() };
        let children =
            if of_child.is_empty() { Vec::new() } else { vec![(Place { name: first.into(), nth: 0 }, of_child)] };
        Extras { attributes: own.into_iter().collect(), children, elements }
    })
}

fn organization() -> impl Strategy<Value = Organization> {
    (
        text(35),
        of(text(200)),
        text(200),
        of(text(250)),
        of(text(100)),
        of(text(50)),
        of(text(50)),
        of(text(100)),
        extras("OrganId"),
    )
        .prop_map(|(organ_id, in_charge, name, address, email, telephone, fax, website, extras)| Organization {
            organ_id,
            in_charge,
            name,
            address,
            email,
            telephone,
            fax,
            website,
            extras,
        })
}

fn response_for() -> impl Strategy<Value = ResponseFor> {
    (text(35), text(50), date(), of(text(100)), extras("OrganId")).prop_map(
        |(organ, code, day, document_id, extras)| ResponseFor {
            organ_id: Some(organ),
            code: Some(code),
            promulgation_date: Some(day),
            document_id,
            extras,
        },
    )
}

fn staff() -> impl Strategy<Value = StaffInfo> {
    (text(300), of(text(50)), of(text(50)), of(text(50)), of(text(50)), of(text(50)), extras("Department")).prop_map(
        |(department, department_id, staff, staff_id, email, mobile, extras)| StaffInfo {
            department: Some(department),
            department_id,
            staff,
            staff_id,
            email,
            mobile,
            extras,
        },
    )
}

fn business() -> impl Strategy<Value = Business> {
    let receivers = vec((text(35), any::<bool>(), extras("OrganId")), 1..3);
    let replaced = vec((text(100), vec(text(35), 0..3), extras("DocumentId")), 1..3);
    (0..4i64, of(text(100)), text(100), of(any::<bool>()), receivers, replaced, of(staff()), extras("BussinessDocType"))
        .prop_map(|(kind, document_id, reason, paper, receivers, replaced, staff, extras)| {
            let operation = Operation::from_number(kind).unwrap();
            let changes = DocumentChanges {
                document: paper.is_some(),
                receivers: true,
                receiver_list: receivers
                    .into_iter()
                    .map(|(organ_id, added, extras)| ReceiverChange { organ_id, added, extras })
                    .collect(),
                extras: Extras::default(),
            };
            let replacements = replaced.into_iter().map(|(document_id, organ_ids, extras)| Replacement {
                document_id,
                organ_ids,
                extras,
            });
            Business {
                document_id,
                operation,
                reason: Some(reason),
                paper,
                changes: (operation == Operation::Update).then_some(changes),
                replacements: if operation == Operation::Replace { replacements.collect() } else { Vec::new() },
                staff,
                extras,
            }
        })
}

fn trace() -> impl Strategy<Value = TraceHeaderList> {
    let hop = (of(text(35)), moment(), extras("Timestamp")).prop_map(|(organ_id, at, extras)| TraceHeader {
        organ_id,
        timestamp: Some(at),
        extras,
    });
    (vec(hop, 1..3), of(business()), of(any::<bool>()), extras("TraceHeader")).prop_map(
        |(hops, business, paper, mut extras)| {
            extras.children.clear(); // a hop has room for its own
            TraceHeaderList { hops, business, paper, extras }
        },
    )
}

fn other() -> impl Strategy<Value = OtherInfo> {
    (
        0..5i64,
        of(text(100)),
        of(text(10)),
        of(0..999i64),
        of(0..999i64),
        vec(text(50), 0..3),
        of(any::<bool>()),
        extras("Priority"),
    )
        .prop_map(|(priority, sphere, typist_notation, copies, pages, appendixes, direction, extras)| OtherInfo {
            priority,
            sphere,
            typist_notation,
            promulgation_amount: copies,
            page_amount: pages,
            appendixes,
            direction,
            extras,
        })
}

fn signatures() -> impl Strategy<Value = Vec<DetachedSignature>> {
    vec(select(vec![SignerRole::Person, SignerRole::Agency]), 0..3).prop_map(|roles| {
        roles.into_iter().map(|role| DetachedSignature { role, jws: "eyJh-_9..c2ln".into() }).collect()
    })
}

fn package() -> impl Strategy<Value = (Package, Vec<Vec<u8>>)> {
    let contents = vec(vec(any::<u8>(), 1..300), 1..4);
    let lists = (vec(response_for(), 0..3), vec(text(50), 0..4), vec(text(50), 0..3), of(text(20)));
    let parts = (
        organization(),
        vec(organization(), 1..3),
        text(200),
        text(500),
        of(text(300)),
        of(date()),
        of(other()),
        lists,
    );
    let around =
        (of(trace()), signatures(), of(element()), extras("MessageHeader"), extras("Reference"), any::<bool>());
    (contents, parts, around, extras("DocumentId")).prop_map(
        |(contents, parts, (trace, signatures, xml, header_extras, manifest_extras, zipped), extras)| {
            let (from, to, document_id, subject, content, due_date, other, lists) = parts;
            let mut package = package_of(&contents, zipped);
            let h = &mut package.header;
            (h.from, h.to, h.document_id, h.subject) = (from, to, document_id, subject);
            (h.content, h.due_date, h.other, h.extras) = (content, due_date, other, extras);
            (h.response_for, h.to_places, h.task_codes, h.application_type) = lists;
            package.trace = trace;
            package.signatures = signatures;
            package.xml_signature = xml.map(|element| Element {
                prefix: String::new(),
                namespace: NAMESPACE.into(),
                name: "Signature".into(),
                children: vec![Node::Element(element)],
                ..Element::default()
            });
            package.frame.header = Extras { attributes: Vec::new(), children: Vec::new(), ..header_extras };
            package.frame.manifest = Extras { children: Vec::new(), ..manifest_extras };
            (package, contents)
        },
    )
}

/// Without the namespace declarations, which the first writing puts where they are needed.
fn bare(message: &impl serde::Serialize) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.retain(|key, _| !matches!(key.as_str(), "declarations" | "media_type" | "warnings"));
                map.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(message).unwrap();
    strip(&mut value);
    value
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn packages((package, contents) in package()) {
        let written = edxml::write_to_vec(&package, &contents).unwrap();
        let (again, same) = document(&written);
        prop_assert_eq!(&same, &contents);
        prop_assert_eq!(bare(&again), bare(&package));
        let (third, _) = document(&edxml::write_to_vec(&again, &same).unwrap());
        prop_assert_eq!(settled(third), settled(again));
    }

    /// The writer is not only understood by our own reader.
    #[test]
    fn another_parser_reads_the_same((package, contents) in package()) {
        let written = edxml::write_to_vec(&package, &contents).unwrap();
        let texts = read_by_another_parser(std::str::from_utf8(&written).unwrap());
        let of = |name: &str| texts.iter().filter(|(n, _)| n == name).map(|(_, text)| text.clone()).collect::<Vec<_>>();
        let h = &package.header;
        prop_assert_eq!(of("Subject"), vec![h.subject.clone()]);
        let names: Vec<String> = std::iter::once(&h.from).chain(&h.to).map(|o| o.name.clone()).collect();
        prop_assert_eq!(of("OrganName"), names);
    }

    #[test]
    fn statuses(
        from in organization(), response_for in response_for(), staff in of(staff()), code in "[0-9]{2}",
        description in of(text(1000)), at in moment(), extras in extras("StatusCode"), signatures in signatures(),
    ) {
        let mut status = StatusMessage::new(from, response_for, &code, at);
        (status.staff, status.description, status.extras, status.signatures) = (staff, description, extras, signatures);
        let Message::Status(again) = read(&edxml::write_status(&status).unwrap()).unwrap().0 else { panic!("not a status") };
        prop_assert_eq!(bare(&again), bare(&status));
    }
}

/// Local names and texts of all elements without child elements, in order of their ends.
fn read_by_another_parser(text: &str) -> Vec<(String, String)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::NsReader::from_str(text);
    let (mut open, mut found): (Vec<String>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(_) => open.push(String::new()),
            Event::End(end) => found.push((end.local_name().as_ref().to_owned(), open.pop().unwrap())),
            Event::Text(run) => open.last_mut().into_iter().for_each(|text| text.push_str(&run.xml10_content())),
            Event::GeneralRef(reference) => {
                let predefined = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
                let named = predefined.iter().find(|(name, _)| *name == &*reference).map(|(_, c)| *c);
                let c = reference.resolve_char_ref().unwrap().or(named).unwrap();
                open.last_mut().unwrap().push(c);
            }
            _ => {}
        }
    }
}

#[test]
fn unknown_parts_stay_where_they_stood() {
    let text = std::str::from_utf8(crate::support::DOCUMENT)
        .unwrap()
        .replacen(
            "<edXML:Subject>",
            "<x:Mark xmlns:x=\"urn:x\" x:a=\"1\"><x:b>t</x:b> tail</x:Mark><edXML:Subject lang=\"vi\">",
            1,
        )
        .replacen("<edXML:OrganName>", "<edXML:TaxCode>1</edXML:TaxCode><edXML:OrganName>", 1);
    let (package, contents) = document(text.as_bytes());
    let written = String::from_utf8(edxml::write_to_vec(&package, &contents).unwrap()).unwrap();
    let mark = "</edXML:DocumentType>\n        <x:Mark xmlns:x=\"urn:x\" x:a=\"1\"><x:b>t</x:b> tail</x:Mark>\n        <edXML:Subject lang=\"vi\">";
    assert!(written.contains(mark), "{written}");
    let code = "</edXML:OrganizationInCharge>\n          <edXML:TaxCode>1</edXML:TaxCode>\n          <edXML:OrganName>";
    assert!(written.contains(code), "{written}");
}

#[test]
fn order_and_prefixes_of_other_writers_do_not_matter() {
    let sample = std::str::from_utf8(crate::support::DOCUMENT).unwrap();
    let plain = sample.replace("edXML:", "").replace(" xmlns:edXML", " xmlns:unused");
    let other = sample.replace("edXML:", "e:").replace("xmlns:edXML", "xmlns:e");
    let (expected, _) = document(crate::support::DOCUMENT);
    let business = "        <edXML:Bussiness>\n          <edXML:BussinessDocType>0</edXML:BussinessDocType>\n          <edXML:Paper>0</edXML:Paper>\n        </edXML:Bussiness>\n";
    let hop_first = sample
        .replace(business, "")
        .replace("      </edXML:TraceHeaderList>", &format!("{business}      </edXML:TraceHeaderList>"));
    for variant in [plain, other, hop_first] {
        let (package, _) = document(variant.as_bytes());
        assert_eq!((package.header, package.trace), (expected.header.clone(), expected.trace.clone()));
    }
}

#[test]
fn the_writer_refuses_what_the_reader_would() {
    let good = package_of(&[b"x".to_vec()], true);
    let refused = |change: fn(&mut Package), code: &str, field: &str| {
        let mut package = good.clone();
        change(&mut package);
        match edxml::Writer::new(&package) {
            Err(edxml::WriteError::Refused(refusal)) => {
                assert_eq!((refusal.code.code, refusal.fields[0].field.as_str()), (code, field));
            }
            _ => panic!("accepted without {field}"),
        }
    };
    refused(|p| p.header.subject.clear(), "exchange.edxml.element-empty", "MessageHeader/Subject");
    refused(|p| p.header.to.clear(), "exchange.edxml.element-missing", "MessageHeader/To");
    refused(|p| p.header.subject = "x\u{0}".into(), "exchange.edxml.value-invalid", "edXML");
    refused(|p| p.references.clear(), "exchange.edxml.manifest-mismatch", "edXMLManifest/Reference");
    refused(
        |p| p.attachments[0].name = "../x".into(),
        "exchange.edxml.name-unsafe",
        "AttachmentEncoded/Attachment[1]/AttachmentName",
    );
}
