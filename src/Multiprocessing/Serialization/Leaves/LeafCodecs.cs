using System.Globalization;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Multiprocessing;

/// <summary>Codecs of the framework's types that cannot cross by their fields, which contain caches, hash codes or objects of the process.</summary>
/// <remarks>Found by name, and each created in a method of its own, so that no assembly is loaded for a type that does not occur.</remarks>
internal static class LeafCodecs
{
    private static readonly Dictionary<string, Func<Type, ObjectCodec?>> ByName = new()
    {
        ["System.Uri"] = Uris,
        ["System.Text.RegularExpressions.Regex"] = Regexes,
        ["System.Net.IPAddress"] = Addresses,
        ["System.Text.StringBuilder"] = static type => new LeafCodec<StringBuilder>(
            type,
            static (writer, value) =>
            {
                writer.Out.Write(value.MaxCapacity);
                StringFormat.Write(writer, value.ToString());
            },
            static reader => new StringBuilder(0, reader.Read<int>()).Append(StringFormat.Read(reader))),
        ["System.IO.Stream"] = static type => type == Stream.Null.GetType() ? new IdentityCodec(type, [Stream.Null]) : null,
        ["System.IO.TextReader"] = static type =>
            type == TextReader.Null.GetType() || type == StreamReader.Null.GetType()
                ? new IdentityCodec(type, [TextReader.Null, StreamReader.Null])
                : null,
        ["System.IO.TextWriter"] = static type =>
            type == TextWriter.Null.GetType() || type == StreamWriter.Null.GetType()
                ? new IdentityCodec(type, [TextWriter.Null, StreamWriter.Null])
                : null,
        ["System.Linq.Grouping`2"] = static type => new GroupingCodec(type),
        ["System.Linq.AsyncEnumerable+Grouping`2"] = static type => new GroupingCodec(type),
        ["System.Xml.XmlDocument"] = XmlCodecs.Document,
        ["System.Xml.XmlNode"] = XmlCodecs.Node,
        ["System.Data.DataSet"] = DataCodecs.Set,
        ["System.Data.DataTable"] = DataCodecs.Table,
        ["System.Data.DataRow"] = DataCodecs.Row,
        ["System.Data.DataColumn"] = DataCodecs.Column,
        ["System.Data.DataRelation"] = DataCodecs.Relation,
        ["System.Data.Constraint"] = DataCodecs.Constraint,
        ["System.IO.MemoryStream"] = static type => type == typeof(MemoryStream) ? new MemoryStreamCodec() : null,
        ["System.Globalization.CultureInfo"] = static type => new CultureCodec(type),
        ["System.Globalization.CompareInfo"] = static type => new LeafCodec<CompareInfo>(
            type,
            static (writer, value) => StringFormat.Write(writer, value.Name),
            static reader => CompareInfo.GetCompareInfo(StringFormat.Read(reader)!)),
        ["System.TimeZoneInfo"] = static type => new IdentityCodec(type, [TimeZoneInfo.Utc, TimeZoneInfo.Local]),
        ["System.Text.Encoding"] = Encodings,
        ["System.DBNull"] = static type => new IdentityCodec(type, [DBNull.Value]),
        ["System.Reflection.Missing"] = static type => new IdentityCodec(type, [Missing.Value]),
        ["System.Random"] = static type => type == Random.Shared.GetType() ? new IdentityCodec(type, [Random.Shared]) : null,
        ["System.TimeProvider"] = static type => type == TimeProvider.System.GetType() ? new IdentityCodec(type, [TimeProvider.System]) : null,
        ["System.StringComparer"] = StringComparers,
        ["System.Collections.Generic.EqualityComparer`1"] = static type => Default(type, typeof(EqualityComparer<>)),
        ["System.Collections.Generic.Comparer`1"] = static type => Default(type, typeof(Comparer<>)),
        ["System.Collections.Generic.ReferenceEqualityComparer"] = static type => new ReferenceComparerCodec(type),
        ["System.Collections.Comparer"] = static type =>
            new IdentityCodec(type, [System.Collections.Comparer.Default, System.Collections.Comparer.DefaultInvariant]),
        ["System.Runtime.ExceptionServices.ExceptionDispatchInfo"] = static type => new DispatchInfoCodec(type),
        ["System.Text.Json.JsonSerializerOptions"] = JsonOptionsCodec.Of,
        ["System.Text.Json.Serialization.JsonSerializerContext"] = JsonOptionsCodec.Context,
        ["System.Text.Json.JsonNamingPolicy"] = static type => Known(
            type,
            System.Text.Json.JsonNamingPolicy.CamelCase,
            System.Text.Json.JsonNamingPolicy.SnakeCaseLower,
            System.Text.Json.JsonNamingPolicy.SnakeCaseUpper,
            System.Text.Json.JsonNamingPolicy.KebabCaseLower,
            System.Text.Json.JsonNamingPolicy.KebabCaseUpper),
        ["System.Text.Json.Serialization.ReferenceHandler"] = static type => Known(
            type, System.Text.Json.Serialization.ReferenceHandler.Preserve, System.Text.Json.Serialization.ReferenceHandler.IgnoreCycles),
        ["System.Text.Encodings.Web.TextEncoder"] = static type => Known(
            type,
            System.Text.Encodings.Web.JavaScriptEncoder.Default,
            System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            System.Text.Encodings.Web.HtmlEncoder.Default,
            System.Text.Encodings.Web.UrlEncoder.Default),
        ["System.Text.Json.JsonDocument"] = JsonCodecs.Document,
        ["System.Text.Json.Nodes.JsonNode"] = JsonCodecs.Node,
        ["System.Xml.Linq.XName"] = XmlNames,
        ["System.Xml.Linq.XNamespace"] = XmlNamespaces,
        ["System.Progress`1"] = Progress,
        ["System.Dynamic.ExpandoObject"] = static type => new ExpandoCodec(type),
    };

    /// <summary>Not a derived class: a location may be declared as it, and no link can take its place there.</summary>
    private static LinkOnlyCodec? Progress(Type type) =>
        type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Progress<>) ? new LinkOnlyCodec(type) : null;

    public static ObjectCodec? Of(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            var definition = SourceNames.DefinitionOf(level);
            if (definition.FullName is { } name && ByName.TryGetValue(name, out var create))
            {
                return create(type);
            }
        }

        return null;
    }

    public static ValueCodec? OfStruct(Type type)
    {
        if (type == typeof(CancellationToken))
        {
            return TokenCodec.Instance;
        }

        if (type.FullName == "System.Text.Json.JsonElement")
        {
            return JsonCodecs.Element();
        }

        if (!type.IsConstructedGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        var codec = definition == typeof(Memory<>) ? typeof(MemoryCodec<>)
            : definition == typeof(ReadOnlyMemory<>) ? typeof(ReadOnlyMemoryCodec<>)
            : definition == typeof(ArraySegment<>) ? typeof(ArraySegmentCodec<>)
            : null;
        return codec is null ? null : (ValueCodec)Activator.CreateInstance(codec.MakeGenericType(type.GenericTypeArguments))!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectCodec Uris(Type type) => type != typeof(Uri) ? new RefusedCodec(type, "Pass a plain Uri.") : new LeafCodec<Uri>(
        type,
        static (writer, value) =>
        {
            StringFormat.Write(writer, value.OriginalString);
            writer.Out.WriteByte((byte)(value.IsAbsoluteUri ? UriKind.Absolute : UriKind.Relative));
        },
        static reader => new Uri(StringFormat.Read(reader)!, (UriKind)reader.ReadByte()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectCodec Regexes(Type type)
    {
        if (type != typeof(Regex))
        {
            // A class of the source generator has one instance.
            return type.GetField("Instance", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { } field
                && field.FieldType.IsAssignableFrom(type)
                ? new IdentityCodec(type, [field.GetValue(null)!])
                : new RefusedCodec(type, "Pass a plain Regex.");
        }

        return new LeafCodec<Regex>(
            type,
            static (writer, value) =>
            {
                StringFormat.Write(writer, value.ToString());
                writer.Out.Write((int)value.Options);
                writer.Out.Write(value.MatchTimeout.Ticks);
            },
            static reader => new Regex(StringFormat.Read(reader)!, (RegexOptions)reader.Read<int>(), new TimeSpan(reader.Read<long>())));
    }

    /// <summary>Written in place of an address's length, plus an index, for the read-only objects of the framework.</summary>
    private const byte KnownAddress = 100;

    private static IPAddress[] KnownAddresses() =>
        [IPAddress.Any, IPAddress.Loopback, IPAddress.Broadcast, IPAddress.None, IPAddress.IPv6Any, IPAddress.IPv6Loopback, IPAddress.IPv6None];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectCodec Addresses(Type type) => new LeafCodec<IPAddress>(
        type,
        static (writer, value) =>
        {
            var known = Array.FindIndex(KnownAddresses(), address => ReferenceEquals(address, value));
            if (known >= 0)
            {
                writer.Out.WriteByte((byte)(KnownAddress + known));
                return;
            }

            var bytes = value.GetAddressBytes();
            writer.Out.WriteByte((byte)bytes.Length);
            writer.Out.WriteBytes(bytes);
            writer.Out.Write(bytes.Length == 16 ? value.ScopeId : 0);
        },
        static reader =>
        {
            var length = reader.ReadByte();
            if (length >= KnownAddress)
            {
                return length - KnownAddress < KnownAddresses().Length ? KnownAddresses()[length - KnownAddress] : throw GraphReader.Torn();
            }

            var bytes = reader.ReadSpan(length);
            var scope = reader.Read<long>();
            return bytes.Length == 16 ? new IPAddress(bytes, scope) : new IPAddress(bytes);
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectCodec XmlNames(Type type) => new LeafCodec<XName>(
        type, static (writer, value) => StringFormat.Write(writer, value.ToString()), static reader => XName.Get(StringFormat.Read(reader)!));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectCodec XmlNamespaces(Type type) => new LeafCodec<XNamespace>(
        type, static (writer, value) => StringFormat.Write(writer, value.NamespaceName), static reader => XNamespace.Get(StringFormat.Read(reader)!));

    private static ObjectCodec Encodings(Type type)
    {
        Encoding[] known = [Encoding.UTF8, Encoding.ASCII, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, Encoding.Latin1];
        if (type.Assembly == typeof(object).Assembly || !Framework.Owns(type))
        {
            return new IdentityCodec(type, known);
        }

        return new CodePageCodec(type);
    }

    /// <summary>Returns the codec of well-known objects of the framework; <see langword="null"/> for a user's class.</summary>
    private static IdentityCodec? Known(Type type, params object[] known) => Framework.Owns(type) ? new IdentityCodec(type, known) : null;

    private static ObjectCodec StringComparers(Type type)
    {
        StringComparer[] known =
            [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];
        return new IdentityCodec(type, known);
    }

    /// <summary>Returns the codec of the default comparer of an element type, or <see langword="null"/> if this is not its type.</summary>
    private static ObjectCodec? Default(Type type, Type definition)
    {
        var level = type;
        while (!(level!.IsConstructedGenericType && level.GetGenericTypeDefinition() == definition))
        {
            level = level.BaseType;
        }

        var known = level.GetProperty("Default", BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)!.GetValue(null)!;
        return known.GetType() == type ? new IdentityCodec(type, [known]) : null;
    }
}
