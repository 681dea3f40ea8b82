using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Multiprocessing;

/// <summary>JSON as its text.</summary>
internal static class JsonCodecs
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ValueCodec Element() => new LeafValueCodec<JsonElement>(
        static (writer, value) => StringFormat.Write(writer, value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText()),
        static reader => StringFormat.Read(reader) is { } text ? JsonElement.Parse(text) : default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Document(Type type) => new LeafCodec<JsonDocument>(
        type,
        static (writer, value) => StringFormat.Write(writer, value.RootElement.GetRawText()),
        static reader => JsonDocument.Parse(Encoding.UTF8.GetBytes(StringFormat.Read(reader)!)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Node(Type type) => new NodeCodec(type);

    /// <summary>A node with what is below it; it has no parent on the other side.</summary>
    private sealed class NodeCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var node = (JsonNode)value;
            writer.Out.WriteByte(node.Options?.PropertyNameCaseInsensitive == true ? (byte)1 : (byte)0);
            StringFormat.Write(writer, node.ToJsonString());
        }

        public override object Create(GraphReader reader)
        {
            var options = new JsonNodeOptions { PropertyNameCaseInsensitive = reader.ReadByte() != 0 };
            return JsonNode.Parse(StringFormat.Read(reader)!, options) ?? throw GraphReader.Torn();
        }
    }
}
