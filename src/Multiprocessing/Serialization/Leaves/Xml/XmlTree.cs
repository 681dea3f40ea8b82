using System.Reflection;
using System.Xml;

namespace Multiprocessing;

/// <summary>Writes and reads nodes of XML one by one in document order, without recursion, so that a deep tree needs no deep stack.</summary>
internal static class XmlTree
{
    /// <summary>Creates an attribute that exists by its document type only; <see langword="null"/> on a runtime without this method.</summary>
    private static readonly MethodInfo? CreateDefault = typeof(XmlDocument).GetMethod(
        "CreateDefaultAttribute", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(string), typeof(string), typeof(string)]);

    private static readonly MethodInfo? SetSpecified = typeof(XmlDocument).Assembly.GetType("System.Xml.XmlUnspecifiedAttribute")?.GetMethod(
        "SetSpecified", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(bool)]);

    /// <summary>Returns the parent of a node; of an attribute its element.</summary>
    public static XmlNode? ParentOf(XmlNode node) => node is XmlAttribute attribute ? attribute.OwnerElement : node.ParentNode;

    /// <summary>Returns the index of a child; negative for an attribute.</summary>
    public static int? IndexOf(XmlNode parent, XmlNode child)
    {
        var index = 0;
        if (child is XmlAttribute)
        {
            foreach (XmlAttribute attribute in parent.Attributes!)
            {
                index--;
                if (ReferenceEquals(attribute, child))
                {
                    return index;
                }
            }

            return null;
        }

        for (var at = parent.FirstChild; at is not null; at = at.NextSibling)
        {
            if (ReferenceEquals(at, child))
            {
                return index;
            }

            index++;
        }

        return null;
    }

    public static XmlNode At(XmlNode parent, int index)
    {
        if (index < 0)
        {
            return parent.Attributes is { } attributes && -1 - index < attributes.Count ? attributes[-1 - index] : throw GraphReader.Torn();
        }

        var child = parent.FirstChild;
        for (; index > 0 && child is not null; index--)
        {
            child = child.NextSibling;
        }

        return child ?? throw GraphReader.Torn();
    }

    public static void WriteChildren(GraphWriter writer, XmlNode root)
    {
        WriteAttributes(writer, root);
        var at = FirstBelow(root);
        var open = root;
        while (true)
        {
            if (at is not null)
            {
                WriteNode(writer, at);
                WriteAttributes(writer, at);
                open = at;
                at = FirstBelow(at);
                continue;
            }

            writer.Out.WriteByte((byte)XmlNodeType.None);
            if (ReferenceEquals(open, root))
            {
                return;
            }

            at = open.NextSibling;
            open = open.ParentNode!;
        }
    }

    public static void ReadChildren(GraphReader reader, XmlDocument document, XmlNode root)
    {
        ReadAttributes(reader, document, root);
        var open = root;
        while (true)
        {
            if (reader.SkipsByte((byte)XmlNodeType.None))
            {
                if (ReferenceEquals(open, root))
                {
                    return;
                }

                open = open.ParentNode!;
                continue;
            }

            var node = ReadNode(reader, document);
            open.AppendChild(node);
            ReadAttributes(reader, document, node);
            open = node;
        }
    }

    public static void WriteNode(GraphWriter writer, XmlNode node)
    {
        writer.Out.WriteByte((byte)node.NodeType);
        switch (node)
        {
            case XmlElement or XmlAttribute:
                StringFormat.Write(writer, node.Prefix);
                StringFormat.Write(writer, node.LocalName);
                StringFormat.Write(writer, node.NamespaceURI);
                if (node is XmlElement element)
                {
                    writer.Out.WriteByte(element.IsEmpty ? (byte)1 : (byte)0);
                }

                break;
            case XmlDocumentType type:
                StringFormat.Write(writer, type.Name);
                StringFormat.Write(writer, type.PublicId);
                StringFormat.Write(writer, type.SystemId);
                StringFormat.Write(writer, type.InternalSubset);
                break;
            case XmlDeclaration declaration:
                StringFormat.Write(writer, declaration.Version);
                StringFormat.Write(writer, declaration.Encoding);
                StringFormat.Write(writer, declaration.Standalone);
                break;
            case XmlDocumentFragment:
                break;
            case XmlEntityReference or XmlProcessingInstruction or XmlCharacterData:
                StringFormat.Write(writer, node.Name);
                StringFormat.Write(writer, node.Value);
                break;
            default:
                throw new CannotCrossException(new Refusal(node.GetType(), "It is a declaration of a document type; pass the XmlDocument."), node);
        }
    }

    public static XmlNode ReadNode(GraphReader reader, XmlDocument document)
    {
        var type = (XmlNodeType)reader.ReadByte();
        string Text() => StringFormat.Read(reader) ?? throw GraphReader.Torn();
        switch (type)
        {
            case XmlNodeType.Element:
                var element = document.CreateElement(Text(), Text(), Text());
                element.IsEmpty = reader.ReadByte() != 0;
                return element;
            case XmlNodeType.Attribute:
                return document.CreateAttribute(Text(), Text(), Text());
            case XmlNodeType.DocumentType:
                return document.CreateDocumentType(Text(), StringFormat.Read(reader), StringFormat.Read(reader), StringFormat.Read(reader));
            case XmlNodeType.XmlDeclaration:
                return document.CreateXmlDeclaration(Text(), StringFormat.Read(reader), StringFormat.Read(reader));
            case XmlNodeType.DocumentFragment:
                return document.CreateDocumentFragment();
            default:
                var name = Text();
                var value = StringFormat.Read(reader);
                return type switch
                {
                    XmlNodeType.EntityReference => document.CreateEntityReference(name),
                    XmlNodeType.ProcessingInstruction => document.CreateProcessingInstruction(name, value),
                    XmlNodeType.Text => document.CreateTextNode(value),
                    XmlNodeType.CDATA => document.CreateCDataSection(value),
                    XmlNodeType.Comment => document.CreateComment(value),
                    XmlNodeType.Whitespace => document.CreateWhitespace(value),
                    XmlNodeType.SignificantWhitespace => document.CreateSignificantWhitespace(value),
                    _ => throw GraphReader.Torn(),
                };
        }
    }

    /// <summary>Returns the first child to write. The content of an entity reference follows from the document type.</summary>
    private static XmlNode? FirstBelow(XmlNode node) => node is XmlEntityReference or XmlDocumentType or XmlDeclaration ? null : node.FirstChild;

    private static void WriteAttributes(GraphWriter writer, XmlNode node)
    {
        if (node is not XmlElement element)
        {
            return;
        }

        writer.Out.WriteVarint((uint)element.Attributes.Count);
        foreach (XmlAttribute attribute in element.Attributes)
        {
            writer.Out.WriteByte(attribute.Specified ? (byte)1 : (byte)0);
            WriteNode(writer, attribute);
            WriteChildren(writer, attribute);
            if (!attribute.Specified && (CreateDefault is null || SetSpecified is null))
            {
                throw new CannotCrossException(
                    new Refusal(
                        typeof(XmlDocument), "Its document type defines default values of attributes, which this runtime does not restore; pass its "
                            + "OuterXml."),
                    attribute);
            }
        }
    }

    private static void ReadAttributes(GraphReader reader, XmlDocument document, XmlNode node)
    {
        if (node is not XmlElement element)
        {
            return;
        }

        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var isSpecified = reader.ReadByte() != 0;
            var attribute = ReadNode(reader, document) as XmlAttribute ?? throw GraphReader.Torn();
            if (!isSpecified)
            {
                attribute = (XmlAttribute)CreateDefault!.Invoke(document, [attribute.Prefix, attribute.LocalName, attribute.NamespaceURI])!;
            }

            ReadChildren(reader, document, attribute);
            if (!isSpecified)
            {
                // Its content was set after it was created, which marked it as specified.
                SetSpecified!.Invoke(attribute, [false]);
            }

            element.SetAttributeNode(attribute);
        }
    }
}
