using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>The types that need no registration and no resolver: simple ones, with their nullables and arrays.</summary>
internal static class SimpleTypes
{
    private static readonly Dictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>> Infos = [];
    private static readonly List<RegisteredType> Named = [];

    static SimpleTypes()
    {
        Add<bool>("bool", JsonMetadataServices.BooleanConverter);
        Add<byte>("byte", JsonMetadataServices.ByteConverter);
        Add<sbyte>("sbyte", JsonMetadataServices.SByteConverter);
        Add<short>("short", JsonMetadataServices.Int16Converter);
        Add<ushort>("ushort", JsonMetadataServices.UInt16Converter);
        Add<int>("int", JsonMetadataServices.Int32Converter);
        Add<uint>("uint", JsonMetadataServices.UInt32Converter);
        Add<long>("long", JsonMetadataServices.Int64Converter);
        Add<ulong>("ulong", JsonMetadataServices.UInt64Converter);
        Add<Int128>("Int128", JsonMetadataServices.Int128Converter);
        Add<UInt128>("UInt128", JsonMetadataServices.UInt128Converter);
        Add<Half>("Half", JsonMetadataServices.HalfConverter);
        Add<float>("float", JsonMetadataServices.SingleConverter);
        Add<double>("double", JsonMetadataServices.DoubleConverter);
        Add<decimal>("decimal", JsonMetadataServices.DecimalConverter);
        Add<char>("char", JsonMetadataServices.CharConverter);
        Add<Guid>("Guid", JsonMetadataServices.GuidConverter);
        Add<DateTime>("DateTime", JsonMetadataServices.DateTimeConverter);
        Add<DateTimeOffset>("DateTimeOffset", JsonMetadataServices.DateTimeOffsetConverter);
        Add<DateOnly>("DateOnly", JsonMetadataServices.DateOnlyConverter);
        Add<TimeOnly>("TimeOnly", JsonMetadataServices.TimeOnlyConverter);
        Add<TimeSpan>("TimeSpan", JsonMetadataServices.TimeSpanConverter);
        AddReference<string>("string", JsonMetadataServices.StringConverter);
        AddReference<Uri>("Uri", JsonMetadataServices.UriConverter);
        AddReference<Version>("Version", JsonMetadataServices.VersionConverter);
        AddReference<byte[]>("byte[]", JsonMetadataServices.ByteArrayConverter);
    }

    public static void AddTo(RegisteredTypes types)
    {
        foreach (var named in Named)
        {
            types.Add(named);
        }
    }

    public static bool Has(Type type) => Infos.ContainsKey(type);

    public static JsonTypeInfo? Info(Type type, JsonSerializerOptions options) => Infos.TryGetValue(type, out var create) ? create(options) : null;

    private static void Add<T>(string name, JsonConverter<T> converter)
        where T : struct
    {
        AddReference<T>(name, converter);
        Infos.Add(
            typeof(T?),
            options => JsonMetadataServices.CreateValueInfo<T?>(
                options, JsonMetadataServices.GetNullableConverter(JsonMetadataServices.CreateValueInfo<T>(options, converter))));
    }

    private static void AddReference<T>(string name, JsonConverter<T?> converter)
    {
        Infos[typeof(T)] = options => JsonMetadataServices.CreateValueInfo<T>(options, converter!); // byte[] in place of an array of bytes
        Infos.Add(typeof(T[]), ArrayInfo<T>);
        Named.Add(new RegisteredType<T>(name));
    }

    private static JsonTypeInfo ArrayInfo<T>(JsonSerializerOptions options)
    {
        var info = JsonMetadataServices.CreateArrayInfo(options, new JsonCollectionInfoValues<T[]>());
        info.NumberHandling = null; // that of the options, as for the numbers themselves
        return info;
    }
}
