"""Samples for test_calc.py: a spreadsheet whose one cell calls its own macro, and a tiny Calc add-in."""

MACRO_BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:ooo="http://openoffice.org/2004/office"
 office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries>
<ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="Module1"><ooo:source-code>
Function Twice(number)
Twice = 2 * number
End Function
</ooo:source-code></ooo:module></ooo:library-embedded>
</ooo:libraries></office:script></office:scripts>
<office:body><office:spreadsheet><table:table table:name="Sheet1"><table:table-row>
 <table:table-cell table:formula="of:=TWICE(21)"/>
</table:table-row></table:table></office:spreadsheet></office:body>
</office:document>
"""

# It borrows an interface that LibreOffice knows already (any with a method from text to text would do), so that it needs
# no type library of its own.
ADD_IN = {
    "META-INF/manifest.xml": """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="addin.components"
  manifest:media-type="application/vnd.sun.star.uno-components"/>
 <manifest:file-entry manifest:full-path="addin.xcu"
  manifest:media-type="application/vnd.sun.star.configuration-data"/>
</manifest:manifest>
""",
    "description.xml": """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006">
 <identifier value="test.addin"/><version value="1.0"/>
</description>
""",
    "addin.components": """<?xml version="1.0" encoding="UTF-8"?>
<components xmlns="http://openoffice.org/2010/uno-components">
 <component loader="com.sun.star.loader.Python" uri="addin.py">
  <implementation name="test.AddIn">
   <service name="com.sun.star.sheet.AddIn"/><service name="test.AddIn"/>
  </implementation>
 </component>
</components>
""",
    "addin.py": """import unohelper
from com.sun.star.lang import XServiceName
from com.sun.star.util import XStringEscape


class AddIn(unohelper.Base, XStringEscape, XServiceName):
    def __init__(self, context):
        pass

    def getServiceName(self):
        return "test.AddIn"

    def escapeString(self, text):
        return text.upper() + "!"


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, "test.AddIn", ("com.sun.star.sheet.AddIn", "test.AddIn"))
""",
    "addin.xcu": """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 oor:name="CalcAddIns" oor:package="org.openoffice.Office">
 <node oor:name="AddInInfo"><node oor:name="test.AddIn" oor:op="replace"><node oor:name="AddInFunctions">
  <node oor:name="escapeString" oor:op="replace">
   <prop oor:name="DisplayName"><value xml:lang="en">TEST_SHOUT</value></prop>
   <prop oor:name="Description"><value xml:lang="en">Say a text aloud.</value></prop>
   <prop oor:name="Category"><value>Add-In</value></prop>
   <prop oor:name="CompatibilityName"><value xml:lang="en">TEST_SHOUT</value></prop>
   <node oor:name="Parameters"><node oor:name="text" oor:op="replace">
    <prop oor:name="DisplayName"><value xml:lang="en">text</value></prop>
    <prop oor:name="Description"><value xml:lang="en">What to say.</value></prop>
   </node></node>
  </node>
 </node></node></node>
</oor:component-data>
""",
}
