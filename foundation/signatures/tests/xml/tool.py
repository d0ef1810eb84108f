"""signxml, in a folder with a test PKI: `tool.py verify FILE` says whether it accepts the XAdES signature of a file;
`tool.py sign MODE IN OUT NAME` makes a signature with the key and certificate of a name, in
mode `xades`, `exclusive` (XAdES with exclusive canonical forms), `enveloped`, `enveloping` or `part`;
`tool.py canonical IN OUT` writes lxml's canonical forms."""

import sys

from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner, methods
from signxml.xades import XAdESDataObjectFormat, XAdESSigner, XAdESVerifier, XAdESSignatureConfiguration


def verify(name):
    config = XAdESSignatureConfiguration(expect_references=2)
    results = XAdESVerifier().verify(open(name, "rb").read(), ca_pem_file="root.pem", expect_config=config)
    assert len(results) == 2, results


def sign(mode, source, target, name):
    key = open(f"{name}.key", "rb").read()
    chain = open(f"{name}.pem", "rb").read() + open("ca.pem", "rb").read()
    root = etree.fromstring(open(source, "rb").read())
    algorithm = SignatureMethod.ECDSA_SHA256 if name == "seal" else SignatureMethod.RSA_SHA256
    options = {"signature_algorithm": algorithm, "digest_algorithm": DigestAlgorithm.SHA256}
    if mode == "exclusive":
        options["c14n_algorithm"] = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
    if mode in ("xades", "exclusive"):
        signer = XAdESSigner(data_object_format=XAdESDataObjectFormat("Letter", "text/xml"), **options)
        signed = signer.sign(root, key=key, cert=chain)
    elif mode == "enveloped":
        signed = XMLSigner(method=methods.enveloped, **options).sign(root, key=key, cert=chain)
    elif mode == "enveloping":
        signed = XMLSigner(method=methods.enveloping, **options).sign(root, key=key, cert=chain)
    elif mode == "part":
        signed = XMLSigner(method=methods.enveloped, **options).sign(root, key=key, cert=chain, reference_uri="#data")
    open(target, "wb").write(etree.tostring(signed, encoding="UTF-8", xml_declaration=True))


def canonical(source, target):
    """For documents apart by NUL bytes: the canonical form of each and of its element `e`, apart by NUL bytes."""
    out = []
    for text in open(source, "rb").read().split(b"\0"):
        root = etree.fromstring(text)
        tree, element = root.getroottree(), root.xpath("//*[@Id='e']")[0]
        for part, exclusive in ((tree, False), (tree, True), (element, True)):
            for comments in (False, True):
                out.append(etree.tostring(part, method="c14n", exclusive=exclusive, with_comments=comments))
    open(target, "wb").write(b"\0".join(out))


if sys.argv[1] == "verify":
    verify(sys.argv[2])
elif sys.argv[1] == "canonical":
    canonical(*sys.argv[2:])
else:
    sign(*sys.argv[2:])
