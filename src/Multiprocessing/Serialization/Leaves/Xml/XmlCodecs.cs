using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml;

namespace Multiprocessing;

/// <summary>
/// XmlDocument and its nodes. A document finds names by hash codes, so the reader builds it again, node by node; from its text adjacent text nodes
/// would become one. A node crosses as its position, with its document.
/// </summary>
internal static class XmlCodecs
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Document(Type type) => type == typeof(XmlDocument)
        ? new DocumentCodec(type)
        : new RefusedCodec(type, "It is of a class derived from XmlDocument; pass its OuterXml, and load it in the child.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Node(Type type) => Framework.Owns(type)
        ? new NodeCodec(type)
        : new RefusedCodec(type, "It is a node of a derived class; pass its OuterXml.");

    private sealed class DocumentCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var document = (XmlDocument)value;
            if (document.SchemaInfo.Validity != System.Xml.Schema.XmlSchemaValidity.NotKnown || document.Schemas.Count > 0)
            {
                throw new CannotCrossException(
                    new Refusal(
                        Type, "It is bound to schemas, which are compiled for this process; pass its OuterXml, and validate it in the child."),
                    value);
            }

            writer.Out.WriteByte(document.PreserveWhitespace ? (byte)1 : (byte)0);
            XmlTree.WriteChildren(writer, document);
        }

        public override object Create(GraphReader reader)
        {
            var document = new XmlDocument { XmlResolver = null, PreserveWhitespace = reader.ReadByte() != 0 };
            XmlTree.ReadChildren(reader, document, document);
            return document;
        }
    }

    private sealed class NodeCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var path = new Stack<int>();
            var root = (XmlNode)value;
            while (XmlTree.ParentOf(root) is { } parent)
            {
                path.Push(XmlTree.IndexOf(parent, root) ?? throw new CannotCrossException(
                    new Refusal(Type, "It is a declaration of a document type; pass the XmlDocument."), value));
                root = parent;
            }

            if (ReferenceEquals(root, value))
            {
                // It has no parent: its document, which is needed to create it, the node and its descendants.
                writer.WriteReference(root.OwnerDocument, ReferenceSlot.Object);
                writer.Out.WriteByte(0);
                XmlTree.WriteNode(writer, root);
                XmlTree.WriteChildren(writer, root);
                return;
            }

            writer.WriteReference(root, ReferenceSlot.Object);
            writer.Out.WriteByte(1);
            writer.Out.WriteVarint((uint)path.Count);
            foreach (var index in path)
            {
                writer.Out.Write(index);
            }
        }

        public override object Create(GraphReader reader)
        {
            var root = reader.ReadReference(ReferenceSlot.Object) as XmlNode ?? throw GraphReader.Torn();
            if (reader.ReadByte() == 0)
            {
                var document = root as XmlDocument ?? throw GraphReader.Torn();
                var detached = XmlTree.ReadNode(reader, document);
                XmlTree.ReadChildren(reader, document, detached);
                return detached;
            }

            var node = root;
            for (var count = reader.ReadLength(sizeof(int)); count > 0; count--)
            {
                node = XmlTree.At(node, reader.Read<int>());
            }

            return node;
        }

        public override IEnumerable<PathStep> Children(object value) => [new PathStep("document", ((XmlNode)value).OwnerDocument)];
    }
}
