//! The examples of the W3C's specifications of canonical XML, without their document types (which are not accepted here;
//! what those declare is written out in the input).

use crate::pki::verifiers;
use crate::support::said;
use signatures::xml::{Document, Error, Found, Method, Rules, Selection, canonicalize};
use std::process::Command;

fn form(xml: &str, id: Option<&str>, rules: Rules, comments: bool, prefixes: &[&str]) -> Result<String, Error> {
    let document = Document::parse(xml.as_bytes())?;
    let element = id.map(|id| match document.by_id(id) {
        Found::One(node) => node,
        other => panic!("{id}: {other:?}"),
    });
    let prefixes = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
    let mut out = Vec::new();
    let selection = Selection { element, without: None };
    let method = Method { rules, comments, prefixes };
    canonicalize(&document, selection, &method, 1 << 20, &mut |piece| out.extend_from_slice(piece))?;
    Ok(String::from_utf8(out).unwrap())
}

fn whole(xml: &str, comments: bool) -> String {
    let forms: Vec<_> = [Rules::V10, Rules::V11].map(|rules| form(xml, None, rules, comments, &[]).unwrap()).into();
    assert_eq!(forms[0], forms[1], "1.0 and 1.1 differ only in what parts inherit");
    forms[0].clone()
}

/// Canonical XML 1.0 §3.1.
#[test]
fn comments_and_instructions_outside_the_document_element() {
    let input = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
    let plain =
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>";
    assert_eq!(whole(input, false), plain);
    let commented = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->";
    assert_eq!(whole(input, true), commented);
}

/// Canonical XML 1.0 §3.2.
#[test]
fn white_space_in_content_stays() {
    let input = "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n      B\n      <dirty>   A   B   </dirty>\n      C\n   </mixed>\n</doc>\n";
    assert_eq!(whole(input, false), input.trim_end());
}

/// Canonical XML 1.0 §3.3.
#[test]
fn start_and_end_tags() {
    let input = r#"<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org" attr="default"/>
         </e8>
      </e7>
   </e6>
</doc>"#;
    let expected = r#"<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org" attr="default"></e9>
         </e8>
      </e7>
   </e6>
</doc>"#;
    assert_eq!(whole(input, false), expected);
}

/// Canonical XML 1.0 §3.4 and §3.6 (the last line by its character number).
#[test]
fn character_modifications() {
    let input = "<doc>\r\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n   <normal a='x\ty\r\nz'/>\n   <text>&#169;</text>\n</doc>";
    let expected = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n   <normal a=\"x y z\"></normal>\n   <text>©</text>\n</doc>";
    assert_eq!(whole(input, false), expected);
}

/// Exclusive XML Canonicalization 1.0 §2.1 and §2.2: the same element in two places.
#[test]
fn an_element_in_two_places_is_the_same_exclusively() {
    let first = r#"<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n0="http://example.net" xmlns:n1="http://example.net" xml:lang="en" id="e"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:local>"#;
    let second = r#"<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en" id="e"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n2:pdu>"#;
    let inclusive = [
        r#"<n1:elem2 xmlns:n0="http://example.net" xmlns:n1="http://example.net" xmlns:n3="ftp://example.org" id="e" xml:lang="en"><n3:stuff></n3:stuff></n1:elem2>"#,
        r#"<n1:elem2 xmlns:n1="http://example.net" xmlns:n2="http://foo.example" id="e" xml:lang="en" xml:space="retain"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#,
    ];
    let exclusive = r#"<n1:elem2 xmlns:n1="http://example.net" id="e" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#;
    for (input, inclusive) in [first, second].into_iter().zip(inclusive) {
        assert_eq!(form(input, Some("e"), Rules::V10, false, &[]).unwrap(), inclusive);
        assert_eq!(form(input, Some("e"), Rules::Exclusive, false, &[]).unwrap(), exclusive);
    }
    let listed = r#"<n1:elem2 xmlns:n1="http://example.net" xmlns:n2="http://foo.example" id="e" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#;
    assert_eq!(form(second, Some("e"), Rules::Exclusive, false, &["n2", "nothing"]).unwrap(), listed);
}

/// Exclusive XML Canonicalization 1.0 §3 with the default namespace, in use, listed, and taken back.
#[test]
fn default_namespaces() {
    let input = r#"<a xmlns="u:1" xmlns:p="u:2"><p:b id="e"><c/><d xmlns=""><f xmlns=""/></d></p:b></a>"#;
    let exclusive = r#"<p:b xmlns:p="u:2" id="e"><c xmlns="u:1"></c><d><f></f></d></p:b>"#;
    assert_eq!(form(input, Some("e"), Rules::Exclusive, false, &[]).unwrap(), exclusive);
    let listed = r#"<p:b xmlns="u:1" xmlns:p="u:2" id="e"><c></c><d xmlns=""><f></f></d></p:b>"#;
    assert_eq!(form(input, Some("e"), Rules::Exclusive, false, &[""]).unwrap(), listed);
    assert_eq!(form(input, Some("e"), Rules::V10, false, &[]).unwrap(), listed);
}

/// Canonical XML 1.1 §2.4: `xml:id` is not inherited, `xml:lang` is, and `xml:base` of what is left out is not guessed.
#[test]
fn inherited_attributes_of_1_1() {
    let input = r#"<a xml:id="x" xml:lang="vi" xml:other="o"><b id="e"/></a>"#;
    let old = r#"<b id="e" xml:id="x" xml:lang="vi" xml:other="o"></b>"#;
    assert_eq!(form(input, Some("e"), Rules::V10, false, &[]).unwrap(), old);
    assert_eq!(form(input, Some("e"), Rules::V11, false, &[]).unwrap(), r#"<b id="e" xml:lang="vi"></b>"#);
    let based = r#"<a xml:base="http://example.org/"><b id="e"/></a>"#;
    assert_eq!(form(based, Some("e"), Rules::V11, false, &[]), Err(Error::Unsupported));
}

#[test]
fn what_is_not_well_formed_or_has_a_document_type_is_refused() {
    let deep = "<a>".repeat(300) + &"</a>".repeat(300);
    let long = format!("<{}/>", "a".repeat(600));
    let many = format!("<a {}/>", (0..200).map(|n| format!("a{n}='' ")).collect::<String>());
    let cases = [
        "",
        "text",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>text",
        "<a b='1' b='2'/>",
        "<a b=1/>",
        "<a b/>",
        "<a b='<'/>",
        "<a b='1'c='2'/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#+65;</a>",
        "<a>a & b</a>",
        "<a>]]></a>",
        "<a><!-- a -- b --></a>",
        "<a><!-- a ---></a>",
        "<p:a/>",
        "<a p:b=''/>",
        "<a xmlns='relative'/>",
        "<a xmlns:p=''/>",
        "<a xmlns:xml='u:a'/>",
        "<a xmlns:xmlns='u:a'/>",
        "<a xmlns:p='u:a' xmlns:q='u:a' p:b='' q:b=''/>",
        "<a xmlns='u:a' xmlns='u:b'/>",
        "<1/>",
        "<a:b:c/>",
        "<:a/>",
        "<a:/>",
        "< a/>",
        "<a><?xml version='1.0'?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.1'?><a/>",
        "<a>\u{1}</a>",
        "<a>\u{ffff}</a>",
        "<![CDATA[a]]><a/>",
        "<a/>&amp;",
        &deep,
        &long,
        &many,
    ];
    for xml in cases {
        assert!(Document::parse(xml.as_bytes()).is_err(), "{xml:.60}");
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>";
    assert_eq!(Document::parse(bomb.as_bytes()).err(), Some(Error::DocumentType));
    let external = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>";
    assert_eq!(Document::parse(external.as_bytes()).err(), Some(Error::DocumentType));
    assert_eq!(Document::parse(b"<?xml version='1.0' encoding='UTF-16'?><a/>").err(), Some(Error::Encoding));
    assert_eq!(Document::parse(b"<a>\xff</a>").err(), Some(Error::Encoding));
    assert!(Document::parse("\u{feff}<?xml version='1.0' encoding='utf-8'?><ủy-ban b='&#x41;'/>".as_bytes()).is_ok());
}

#[test]
fn an_identifier_held_twice_in_any_spelling_is_ambiguous() {
    let by_id = |xml: &str| Document::parse(xml.as_bytes()).unwrap().by_id("x");
    assert!(matches!(by_id("<a><b Id='x'/></a>"), Found::One(_)));
    assert_eq!(by_id("<a><b Id='y'/></a>"), Found::Nothing);
    assert_eq!(by_id("<a xmlns:e='u:e'><b e:Id='x'/></a>"), Found::Nothing);
    for twice in [
        "<a Id='x'><b Id='x'/></a>",
        "<a Id='x'><b ID='x'/></a>",
        "<a Id='x' ID='x'/>",
        "<a xmlns:e='u:e' Id='x'><b e:id='x'/></a>",
        "<a Id='x'><b xml:id='x'/></a>",
    ] {
        assert_eq!(by_id(twice), Found::Several, "{twice}");
    }
}

/// Made-up documents, the same in every run.
struct Made(u64);

impl Made {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len() as u64) as usize]
    }

    fn text(&mut self) -> String {
        let pieces = [
            "a", " ", "\n", "\t", "\r\n", "&#xD;", "&#9;", "&amp;", "&lt;", "&gt;", "&quot;", "'", "ế", "😀",
            "&#x1EBF;",
        ];
        (0..self.below(5)).map(|_| self.one(&pieces)).collect()
    }

    fn inside(&mut self, depth: u64, id: &mut bool, out: &mut String) {
        for _ in 0..self.below(4) {
            match self.below(7) {
                0 => out.push_str(&format!("<!--{}-->", self.one(&["", " a ", "\r\n&lt;>\""]))),
                1 => out.push_str(&format!("<?p{}?>", self.one(&["", " a  b", "\t\r\nx?"]))),
                2 => out.push_str(&format!("<![CDATA[{}]]>", self.one(&["", "<&>", "\r\n\""]))),
                3 => out.push_str(&self.text()),
                _ if depth > 0 => self.element(depth, id, out),
                _ => {}
            }
        }
    }

    fn element(&mut self, depth: u64, id: &mut bool, out: &mut String) {
        // `p` and `q` hold everywhere, since the outermost element declares them.
        let name = format!("{}{}", self.one(&["", "p:", "q:"]), self.one(&["x", "y", "ế"]));
        out.push_str(&format!("<{name}"));
        for prefix in ["xmlns", "xmlns:p", "xmlns:q", "xmlns:r"] {
            if depth > 4 && prefix != "xmlns:r" || self.below(4) == 0 {
                // libxml2 writes `&` in namespace names as it is, which is no XML; so none has one here.
                let known = ["u:1", "u:2", "u:3", "u:4"];
                let value = if prefix == "xmlns" && self.below(3) == 0 { "" } else { self.one(&known) };
                out.push_str(&format!(" {prefix}=\"{value}\""));
            }
        }
        for attribute in ["b", "a", "p:c", "q:d"] {
            if self.below(3) == 0 {
                out.push_str(&format!("\n{attribute} = \"{}\"", self.text()));
            }
        }
        if depth == 3 && !*id {
            *id = true;
            out.push_str(" Id='e'");
        }
        if self.below(5) == 0 {
            return out.push_str("/>");
        }
        out.push('>');
        self.inside(depth - 1, id, out);
        out.push_str(&format!("</{name} >"));
    }
}

/// Documents in each of which one element has the identifier `e`.
pub fn made_up(count: usize) -> Vec<String> {
    let mut made = Made(0x9e37_79b9_7f4a_7c15);
    let mut documents = Vec::new();
    while documents.len() < count {
        let (mut text, mut id) = (String::from("<!-- a -->\n<?b c?>"), false);
        made.element(5, &mut id, &mut text);
        text.push_str("\n<!-- d --><?e?>");
        if id {
            documents.push(text);
        }
    }
    documents
}

#[test]
fn lxml_has_the_same_canonical_forms_of_made_up_documents() {
    let Some(tools) = verifiers() else { return };
    let documents = made_up(400);
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::write(&source, documents.join("\0")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/xml/tool.py");
    let output =
        Command::new(tools.join("python")).args([script, "canonical"]).args([&source, &target]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let theirs = std::fs::read_to_string(&target).unwrap();
    let mut theirs = theirs.split('\0');
    for document in &documents {
        // lxml takes an element out of its document first, so its inclusive forms of parts prove nothing; those are
        // compared with xmlsec1 elsewhere.
        for (id, rules) in [(None, Rules::V10), (None, Rules::Exclusive), (Some("e"), Rules::Exclusive)] {
            for comments in [false, true] {
                let ours = form(document, id, rules, comments, &[]).unwrap();
                assert_eq!(Some(ours.as_str()), theirs.next(), "{rules:?} of {id:?} in\n{document}");
            }
        }
    }
    assert_eq!(theirs.next(), None);
}
