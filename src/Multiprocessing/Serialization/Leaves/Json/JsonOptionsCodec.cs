using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// Options of the JSON serializer: the settings cross. What the serializer has cached about types since the options were used does not: it is code
/// that was made for this process.
/// </summary>
internal sealed class JsonOptionsCodec : ObjectCodec
{
    private readonly FieldPlan _plan;

    private JsonOptionsCodec(Type type)
        : base(type, CodecTraits.TwoPhase) =>
        _plan = FieldPlan.Of(type, skip: static field => field.FieldType == typeof(IJsonTypeInfoResolver) || !IsSetting(field.FieldType));

    private enum Form : byte
    {
        Own,
        OwnReadOnly,
        Default,
        Web,
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec? Of(Type type) => type == typeof(JsonSerializerOptions) ? new JsonOptionsCodec(type) : null;

    /// <summary>
    /// Returns the codec of a source-generated context. Only the default instance of its class crosses; any other is bound to options of this
    /// process.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Context(Type type) =>
        type.GetProperty("Default", BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly) is { } property
        && property.PropertyType == type
        && property.GetValue(null) is { } known
            ? new ContextCodec(type, known)
            : new RefusedCodec(type, "It caches information about types of this process; create it in the child.");

    public override void WriteHead(GraphWriter writer, object value)
    {
        var options = (JsonSerializerOptions)value;
        writer.Out.WriteByte((byte)FormOf(options));
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        var options = (JsonSerializerOptions)value;
        if (FormOf(options) >= Form.Default)
        {
            return;
        }

        // The copy has the settings, and no caches.
        _plan.Write(writer, ref ObjectData.Of(new JsonSerializerOptions(options)));
        writer.Out.WriteVarint((uint)options.Converters.Count);
        foreach (var converter in options.Converters)
        {
            writer.WriteReference(converter, ReferenceSlot.Object);
        }

        writer.WriteReference(ResolverOf(options), ReferenceSlot.Object);
    }

    public override object Create(GraphReader reader) => (Form)reader.ReadByte() switch
    {
        Form.Own => new JsonSerializerOptions(),
        Form.OwnReadOnly => Keep(reader, new JsonSerializerOptions()),
        Form.Default => JsonSerializerOptions.Default,
        Form.Web => JsonSerializerOptions.Web,
        _ => throw GraphReader.Torn(),
    };

    public override void ReadBody(GraphReader reader, object value)
    {
        var options = (JsonSerializerOptions)value;
        if (FormOf(options) >= Form.Default)
        {
            return;
        }

        _plan.Read(reader, ref ObjectData.Of(options));
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            options.Converters.Add((JsonConverter)reader.ReadReference(ReferenceSlot.Object)!);
        }

        if (reader.ReadReference(ReferenceSlot.Object) is IJsonTypeInfoResolver resolver)
        {
            options.TypeInfoResolver = resolver;
        }

        if (reader.Kept(options) is not null)
        {
            reader.FinishLater(this, options, options);
        }
    }

    public override void Finish(GraphReader reader, object value, object state) =>
        ((JsonSerializerOptions)value).MakeReadOnly(populateMissingResolver: true);

    public override IEnumerable<PathStep> Children(object value)
    {
        var options = (JsonSerializerOptions)value;
        return FormOf(options) >= Form.Default
            ? []
            : options.Converters.Select(static (converter, index) => new PathStep($"element [{index}] of property 'Converters'", converter))
                .Append(new PathStep("property 'TypeInfoResolver'", ResolverOf(options)))
                .Concat(_plan.Children(new JsonSerializerOptions(options)));
    }

    private static Form FormOf(JsonSerializerOptions options) =>
        ReferenceEquals(options, JsonSerializerOptions.Default) ? Form.Default
        : ReferenceEquals(options, JsonSerializerOptions.Web) ? Form.Web
        : options.IsReadOnly ? Form.OwnReadOnly
        : Form.Own;

    /// <summary>Returns the resolver; <see langword="null"/> for the one that uses reflection, which each process has.</summary>
    private static IJsonTypeInfoResolver? ResolverOf(JsonSerializerOptions options) =>
        options.TypeInfoResolver is DefaultJsonTypeInfoResolver { Modifiers.Count: 0 } and var plain
            && plain.GetType().Assembly == typeof(JsonSerializer).Assembly
            ? null
            : options.TypeInfoResolver;

    private static bool IsSetting(Type type) =>
        type.IsPrimitive || type.IsEnum || Nullable.GetUnderlyingType(type) is not null || type == typeof(string)
        || type == typeof(JsonNamingPolicy) || type == typeof(ReferenceHandler) || type == typeof(System.Text.Encodings.Web.JavaScriptEncoder);

    private static JsonSerializerOptions Keep(GraphReader reader, JsonSerializerOptions options)
    {
        reader.Keep(options, options);
        return options;
    }

    private sealed class ContextCodec(Type type, object known) : ObjectCodec(type, CodecTraits.Tracked)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            if (Refuse(value, writer.Context) is { } refusal)
            {
                throw new CannotCrossException(refusal, value);
            }
        }

        public override object Create(GraphReader reader) => known;

        public override Refusal? Refuse(object value, in WriteContext context) =>
            ReferenceEquals(value, known)
                ? null
                : new Refusal(
                    Type, $"It caches information about types of this process; use {TypeText.Of(Type)}.Default, which crosses, or create it in the "
                        + "child.");
    }
}
