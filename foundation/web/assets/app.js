// Script.
