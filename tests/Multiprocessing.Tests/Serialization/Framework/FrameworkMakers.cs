using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Instances with content of the types that matter most, and arguments for constructors.</summary>
internal static class FrameworkMakers
{
    private static readonly Dictionary<Type, Func<object>[]> Makers = new()
    {
        [typeof(Regex)] = [static () => new Regex("a(b)+", RegexOptions.IgnoreCase)],
        [typeof(XmlDocument)] = [static () => Xml("<a x='1'><b>t</b><b/></a>")],
        [typeof(XDocument)] = [static () => XDocument.Parse("<a x='1'><b>t</b><b/></a>")],
        [typeof(JsonDocument)] = [static () => JsonDocument.Parse("""{"a":[1,2,{"b":null}]}""")],
        [typeof(JsonObject)] = [static () => JsonNode.Parse("""{"a":[1,2,{"b":null}]}""")!],
        [typeof(JsonArray)] = [static () => JsonNode.Parse("""[1,2,{"b":null}]""")!],
        [typeof(CultureInfo)] = [static () => new CultureInfo("de-DE"), static () => CultureInfo.GetCultureInfo("fr-FR")],
        [typeof(TimeZoneInfo)] = [static () => TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(1), "X", "X")],
        [typeof(Uri)] = [static () => new Uri("http://example.org/a?b=c#d"), static () => new Uri("a/b", UriKind.Relative)],
        [typeof(IPAddress)] = [static () => IPAddress.Parse("10.0.0.1"), static () => IPAddress.Parse("fe80::1%3")],
        [typeof(BitArray)] = [static () => new BitArray([true, false, true])],
        [typeof(Hashtable)] = [static () => new Hashtable { ["one"] = 1, ["two"] = 2 }],
        [typeof(NameValueCollection)] = [static () => new NameValueCollection { ["one"] = "1", ["two"] = "2" }],
        [typeof(StringDictionary)] = [static () => new StringDictionary { ["one"] = "1", ["two"] = "2" }],
        [typeof(ListDictionary)] = [static () => new ListDictionary { ["one"] = "1", ["two"] = "2" }],
        [typeof(HybridDictionary)] =
        [
            static () => new HybridDictionary { ["one"] = "1", ["two"] = "2" },
            static () =>
            {
                var large = new HybridDictionary();
                for (var i = 0; i < 50; i++)
                {
                    large["k" + i] = i;
                }

                return large;
            },
        ],
        [typeof(OrderedDictionary)] = [static () => new OrderedDictionary { ["one"] = "1", ["two"] = "2" }],
        [typeof(SortedList)] = [static () => new SortedList { ["one"] = "1", ["two"] = "2" }],
        [typeof(Dictionary<string, string>)] = [static () => new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" }],
        [typeof(ConcurrentDictionary<string, string>)] = [static () => new ConcurrentDictionary<string, string> { ["one"] = "1" }],
        [typeof(FrozenDictionary<string, string>)] = [static () => new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" }.ToFrozenDictionary()],
        [typeof(FrozenSet<string>)] = [static () => new[] { "one", "two" }.ToFrozenSet()],
        [typeof(ImmutableDictionary<string, string>)] = [static () => new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" }.ToImmutableDictionary()],
        [typeof(ImmutableSortedDictionary<string, string>)] = [static () => new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" }.ToImmutableSortedDictionary()],
        [typeof(ImmutableHashSet<string>)] = [static () => new[] { "one", "two" }.ToImmutableHashSet()],
        [typeof(ImmutableSortedSet<string>)] = [static () => new[] { "one", "two" }.ToImmutableSortedSet()],
        [typeof(ImmutableList<string>)] = [static () => ImmutableList.Create("one", "two")],
        [typeof(ImmutableArray<string>)] = [static () => ImmutableArray.Create("one", "two")],
        [typeof(ImmutableQueue<string>)] = [static () => ImmutableQueue.Create("one", "two")],
        [typeof(ImmutableStack<string>)] = [static () => ImmutableStack.Create("one", "two")],
        [typeof(ReadOnlyDictionary<string, string>)] = [static () => new ReadOnlyDictionary<string, string>(new Dictionary<string, string> { ["one"] = "1" })],
        [typeof(PriorityQueue<string, string>)] =
        [
            static () =>
            {
                var queue = new PriorityQueue<string, string>();
                queue.Enqueue("one", "b");
                queue.Enqueue("two", "a");
                return queue;
            },
        ],
        [typeof(System.Xml.NameTable)] =
        [
            static () =>
            {
                var names = new System.Xml.NameTable();
                names.Add("one");
                return names;
            },
        ],
        [typeof(XmlNamespaceManager)] =
        [
            static () =>
            {
                var manager = new XmlNamespaceManager(new System.Xml.NameTable());
                manager.AddNamespace("p", "urn:p");
                return manager;
            },
        ],
        [typeof(System.Data.DataTable)] = [static () => FrameworkTables.Table()],
        [typeof(System.Data.DataSet)] = [static () => FrameworkTables.Set()],
        [typeof(Lazy<string>)] = [static () => new Lazy<string>("v")],
        [typeof(WebHeaderCollection)] = [static () => new WebHeaderCollection { ["X-One"] = "1" }],
        [typeof(CookieContainer)] =
        [
            static () =>
            {
                var cookies = new CookieContainer();
                cookies.Add(new Cookie("n", "v", "/", "example.org"));
                return cookies;
            },
        ],
    };

    public static Func<object>[]? Of(Type type) => Makers.GetValueOrDefault(type);

    public static object? Argument(Type type, string name)
    {
        if (type == typeof(string))
        {
            return name.Contains("uri", StringComparison.OrdinalIgnoreCase) || name.Contains("url", StringComparison.OrdinalIgnoreCase) ? "http://example.org/" : "one";
        }

        return type == typeof(object) ? "thing"
            : type == typeof(Type) ? typeof(string)
            : type == typeof(Uri) ? new Uri("http://example.org/")
            : type == typeof(Encoding) ? Encoding.UTF8
            : type == typeof(CultureInfo) ? CultureInfo.InvariantCulture
            : type == typeof(DateTime) ? new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc)
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(3)
            : type == typeof(Guid) ? new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
            : type == typeof(Stream) ? new MemoryStream([1, 2, 3])
            : type == typeof(TextReader) ? new StringReader("text")
            : type == typeof(TextWriter) ? new StringWriter(CultureInfo.InvariantCulture)
            : type == typeof(IPAddress) ? IPAddress.Loopback
            : type == typeof(IFormatProvider) ? CultureInfo.InvariantCulture
            : type == typeof(IEqualityComparer<string>) ? StringComparer.OrdinalIgnoreCase
            : type == typeof(IComparer<string>) ? StringComparer.OrdinalIgnoreCase
            : type == typeof(IEqualityComparer) ? StringComparer.OrdinalIgnoreCase
            : type == typeof(IComparer) ? StringComparer.OrdinalIgnoreCase
            : type == typeof(IDictionary) ? new Hashtable { ["one"] = "1" }
            : type == typeof(IDictionary<string, string>) ? new Dictionary<string, string> { ["one"] = "1" }
            : type == typeof(XmlNameTable) ? new System.Xml.NameTable()
            : type == typeof(XName) ? XName.Get("name", "urn:x")
            : type == typeof(System.Reflection.MemberInfo) ? typeof(string)
            : type == typeof(System.Reflection.MethodInfo) ? typeof(string).GetMethod("Trim", Type.EmptyTypes)
            : null;
    }

    private static XmlDocument Xml(string text)
    {
        var document = new XmlDocument();
        document.LoadXml(text);
        return document;
    }
}

/// <summary>Tables of data.</summary>
internal static class FrameworkTables
{
    public static System.Data.DataTable Table()
    {
        var table = new System.Data.DataTable("T");
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("name", typeof(string));
        table.Rows.Add(1, "one");
        table.Rows.Add(2, DBNull.Value);
        table.AcceptChanges();
        table.Rows[0]["name"] = "changed";
        return table;
    }

    public static System.Data.DataSet Set()
    {
        var set = new System.Data.DataSet("S");
        set.Tables.Add(Table());
        return set;
    }
}
