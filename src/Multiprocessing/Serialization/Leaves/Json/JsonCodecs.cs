using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Multiprocessing;

/// <summary>JSON: elements and values as text, objects and arrays of nodes by their content.</summary>
internal static class JsonCodecs
{
    /// <summary>No limit: the parser or writer that the text is from had one.</summary>
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ValueCodec Element() => new LeafValueCodec<JsonElement>(
        static (writer, value) => StringFormat.Write(writer, value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText()),
        static reader => StringFormat.Read(reader) is { } text ? JsonElement.Parse(text, AnyDepth) : default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Document(Type type) => new LeafCodec<JsonDocument>(
        type,
        static (writer, value) => StringFormat.Write(writer, value.RootElement.GetRawText()),
        static reader => JsonDocument.Parse(Encoding.UTF8.GetBytes(StringFormat.Read(reader)!), AnyDepth));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Node(Type type) =>
        typeof(JsonObject).IsAssignableFrom(type) ? new ObjectNodeCodec(type)
        : typeof(JsonArray).IsAssignableFrom(type) ? new ArrayNodeCodec(type)
        : new ValueNodeCodec(type);

    /// <summary>Writes the options as one byte; 0 for none.</summary>
    private static void WriteOptions(GraphWriter writer, JsonNode node) =>
        writer.Out.WriteByte(node.Options is not { } options ? (byte)0 : options.PropertyNameCaseInsensitive ? (byte)2 : (byte)1);

    private static JsonNodeOptions? ReadOptions(GraphReader reader) =>
        reader.ReadByte() is var kind and > 0 ? new JsonNodeOptions { PropertyNameCaseInsensitive = kind > 1 } : null;

    /// <summary>Writes member by member, so that a tree of any depth crosses and a node that occurs twice in a message stays one node.</summary>
    private sealed class ObjectNodeCodec(Type type) : ObjectCodec(type, CodecTraits.TwoPhase)
    {
        public override void WriteHead(GraphWriter writer, object value) => WriteOptions(writer, (JsonNode)value);

        public override void WriteBody(GraphWriter writer, object value)
        {
            var members = (JsonObject)value;
            writer.Out.WriteVarint((uint)members.Count);
            foreach (var (name, member) in members)
            {
                StringFormat.Write(writer, name);
                writer.WriteReference(member, ReferenceSlot.Object);
            }
        }

        public override object Create(GraphReader reader) => new JsonObject(ReadOptions(reader));

        public override void ReadBody(GraphReader reader, object value)
        {
            var members = (JsonObject)value;
            for (var count = reader.ReadLength(); count > 0; count--)
            {
                var name = StringFormat.Read(reader) ?? throw GraphReader.Torn();
                members.Add(name, (JsonNode?)reader.ReadReference(ReferenceSlot.Object));
            }
        }

        public override IEnumerable<PathStep> Children(object value) =>
            ((JsonObject)value).Select(static member => new PathStep($"property '{member.Key}'", member.Value));
    }

    private sealed class ArrayNodeCodec(Type type) : ObjectCodec(type, CodecTraits.TwoPhase)
    {
        public override void WriteHead(GraphWriter writer, object value) => WriteOptions(writer, (JsonNode)value);

        public override void WriteBody(GraphWriter writer, object value)
        {
            var items = (JsonArray)value;
            writer.Out.WriteVarint((uint)items.Count);
            foreach (var item in items)
            {
                writer.WriteReference(item, ReferenceSlot.Object);
            }
        }

        public override object Create(GraphReader reader) => new JsonArray(ReadOptions(reader));

        public override void ReadBody(GraphReader reader, object value)
        {
            var items = (JsonArray)value;
            for (var count = reader.ReadLength(); count > 0; count--)
            {
                items.Add((JsonNode?)reader.ReadReference(ReferenceSlot.Object));
            }
        }

        public override IEnumerable<PathStep> Children(object value) =>
            ((JsonArray)value).Select(static (item, index) => new PathStep($"element [{index}]", item));
    }

    /// <summary>A value of a simple type crosses as that type, because it can be read as that type only; others as text.</summary>
    private sealed class ValueNodeCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var node = (JsonValue)value;
            WriteOptions(writer, node);
            if (node.TryGetValue<object>(out var content) && FromContent(content, null) is not null)
            {
                writer.WriteReference(content, ReferenceSlot.Object);
                return;
            }

            var text = node.ToJsonString();
            if (text[0] is '{' or '[')
            {
                throw new CannotCrossException(
                    new Refusal(
                        typeof(JsonValue), "It wraps an object of a class, which its text would not restore; pass the object, or "
                            + "JsonSerializer.SerializeToNode of it."),
                    value);
            }

            writer.WriteReference(null, ReferenceSlot.Object);
            StringFormat.Write(writer, text);
        }

        public override object Create(GraphReader reader)
        {
            var options = ReadOptions(reader);
            return reader.ReadReference(ReferenceSlot.Object) is { } content
                ? FromContent(content, options) ?? throw GraphReader.Torn()
                : JsonNode.Parse(StringFormat.Read(reader)!, options, AnyDepth) as JsonValue ?? throw GraphReader.Torn();
        }

        private static JsonValue? FromContent(object content, JsonNodeOptions? options) => content switch
        {
            bool value => JsonValue.Create(value, options),
            byte value => JsonValue.Create(value, options),
            sbyte value => JsonValue.Create(value, options),
            short value => JsonValue.Create(value, options),
            ushort value => JsonValue.Create(value, options),
            int value => JsonValue.Create(value, options),
            uint value => JsonValue.Create(value, options),
            long value => JsonValue.Create(value, options),
            ulong value => JsonValue.Create(value, options),
            float value => JsonValue.Create(value, options),
            double value => JsonValue.Create(value, options),
            decimal value => JsonValue.Create(value, options),
            char value => JsonValue.Create(value, options),
            string value => JsonValue.Create(value, options),
            Guid value => JsonValue.Create(value, options),
            DateTime value => JsonValue.Create(value, options),
            DateTimeOffset value => JsonValue.Create(value, options),
            _ => null,
        };
    }
}
