using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Data;
using System.Globalization;
using System.Linq.Expressions;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>Types of the framework by what is done with them, here and in another process.</summary>
public class FrameworkContentTests : ProcessTest
{
    private sealed class Registry : KeyedCollection<string, string>
    {
        public Registry()
            : base(StringComparer.OrdinalIgnoreCase, 2)
        {
        }

        protected override string GetKeyForItem(string item) => item;
    }

    /// <summary>What a value says here and what its copy says in another process must be the same.</summary>
    private static async Task<string> SameInAnother<T>(ProcessPool pool, T value, Func<T, string> use)
    {
        var there = await pool.RunAsync((T copy) => use(copy) + "@" + Environment.ProcessId, value);
        var expected = use(value);
        there.ShouldStartWith(expected + "@", customMessage: typeof(T).ToString());
        there.ShouldNotEndWith("@" + Environment.ProcessId);

        // And again, when it has been used.
        (await pool.RunAsync((T copy) => use(copy), value)).ShouldBe(expected, typeof(T).ToString());
        return expected;
    }

    [Fact]
    public Task Documents_find_their_nodes() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'entity'><!ATTLIST b d CDATA 'default'>]><!--c--><a xmlns:p='urn:p' p:x='1'>\n <b>t&e;</b><b/><p:b><![CDATA[<]]></p:b><?pi data?></a>");
        document.DocumentElement!.AppendChild(document.CreateTextNode("one"));
        document.DocumentElement!.AppendChild(document.CreateTextNode("two"));
        static string Use(XmlDocument document)
        {
            var names = new XmlNamespaceManager(document.NameTable);
            names.AddNamespace("p", "urn:p");
            return $"{document.SelectNodes("//b")!.Count} {document.SelectNodes("//p:b", names)!.Count} {document.GetElementsByTagName("b").Count} {document.DocumentElement!.GetAttribute("x", "urn:p")} "
                + $"{document.DocumentElement.ChildNodes.Count} {document.SelectSingleNode("//b/@d")?.Value} {document.SelectSingleNode("//b")!.InnerText} {document.DocumentType?.Name} {document.OuterXml}";
        }

        (await SameInAnother(pool, document, Use)).ShouldStartWith("2 1 2 1 ");
        var second = document.GetElementsByTagName("b")[1]!;
        (await SameInAnother(pool, second, static node => $"{node.ParentNode!.Name} {node.PreviousSibling!.Name} {node.OwnerDocument!.DocumentElement!.Name} {node.OuterXml}")).ShouldStartWith("a b a");
        await SameInAnother(pool, document.DocumentElement!.Attributes[1], static attribute => $"{attribute.OwnerElement!.Name} {attribute.Name} {attribute.Value}");
        var detached = document.CreateElement("q", "name", "urn:q");
        detached.SetAttribute("k", "v");
        detached.AppendChild(document.CreateElement("inner"));
        await SameInAnother(pool, detached, static node => $"{node.OuterXml} {node.ParentNode is null} {node.OwnerDocument.DocumentElement!.Name}");
        var both = Message.RoundTrip((document, second));
        both.second.OwnerDocument.ShouldBeSameAs(both.document);
        both.document.GetElementsByTagName("b")[1].ShouldBeSameAs(both.second);

        var deep = new XmlDocument();
        XmlNode at = deep;
        for (var i = 0; i < 20_000; i++)
        {
            at = at.AppendChild(deep.CreateElement("e" + (i % 10)))!;
        }

        var depth = 0;
        for (XmlNode? node = Message.RoundTrip(deep).DocumentElement; node is not null; node = node.FirstChild)
        {
            depth++;
        }

        depth.ShouldBe(20_000);
        await SameInAnother(pool, XDocument.Parse("<a x='1'><b>t</b><b/></a>"), static document => document.Descendants("b").Count() + document.ToString() + document.Root!.Attribute("x"));
        await SameInAnother(pool, XElement.Parse("<p:a xmlns:p='urn:p'><p:b/></p:a>").Elements().First(), static element => element.Parent!.Name + element.ToString());
        await SameInAnother(pool, new XmlQualifiedName("n", "urn:n"), static name => new HashSet<XmlQualifiedName> { name }.Contains(new XmlQualifiedName("n", "urn:n")).ToString());
        Message.Refused(document.ChildNodes).Suggestion.ShouldContain("XmlDocument");
        Message.Refused(document.CreateNavigator()!);
        Message.Refused(document.NameTable).Suggestion.ShouldContain("hash codes");
    });

    [Fact]
    public Task Keys_are_found_whatever_compares_them() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var text = new string('k', 3);
        var box = (object)5;
        var byReference = new Dictionary<object, string>(ReferenceEqualityComparer.Instance) { [text] = "text", [box] = "box" };
        (await SameInAnother(pool, (text, byReference, box), static all => $"{all.byReference[all.text]} {all.byReference[all.box]} {all.byReference.ContainsKey(new string('k', 3))}")).ShouldBe("text box False");
        (await SameInAnother(pool, (byReference, text), static all => all.byReference[all.text])).ShouldBe("text");
        await SameInAnother(pool, (new HashSet<string>(ReferenceEqualityComparer.Instance) { text }, text), static all => all.Item1.Contains(all.text).ToString());
        await SameInAnother(pool, (new ConcurrentDictionary<object, int>(ReferenceEqualityComparer.Instance) { [text] = 1 }, text), static all => all.Item1[all.text].ToString());
        await SameInAnother(pool, (new[] { text }.ToFrozenSet<object>(ReferenceEqualityComparer.Instance), text), static all => all.Item1.Contains(all.text).ToString());
        await SameInAnother(pool, new NameValueCollection { ["One"] = "1" }, static values => values["one"] + values.AllKeys[0]);
        await SameInAnother(pool, new StringDictionary { ["One"] = "1" }, static values => values["one"]!);
        await SameInAnother(pool, new OrderedDictionary(StringComparer.OrdinalIgnoreCase) { ["One"] = "1" }, static values => (string)values["ONE"]!);
        await SameInAnother(pool, new Hashtable(StringComparer.OrdinalIgnoreCase) { ["One"] = "1" }, static values => (string)values["ONE"]!);
        await SameInAnother(pool, Hashtable.Synchronized(new Hashtable { ["One"] = "1" }), static values => (string)values["One"]!);
        await SameInAnother(pool, new PropertyCollection { ["One"] = "1" }, static values => (string)values["One"]!);
        await SameInAnother(pool, new Registry { "One", "Two", "Three", "Four" }, static values => values["two"] + values.Contains("FOUR"));
        await SameInAnother(pool, new SortedDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["One"] = 1 }, static values => values["ONE"].ToString());
        await SameInAnother(pool, new ReadOnlySet<string>(new HashSet<string> { "one" }), static values => values.Contains("one").ToString());
        await SameInAnother(pool, ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("One", 1), static values => values["ONE"].ToString());
        await SameInAnother(pool, new Dictionary<PhysicalAddress, int> { [PhysicalAddress.Parse("001122334455")] = 1 }, static values => values[PhysicalAddress.Parse("001122334455")].ToString());
        await SameInAnother(pool, new Dictionary<Uri, int> { [new Uri("http://example.org/x")] = 1 }, static values => values[new Uri("http://example.org/x")].ToString());
        await SameInAnother(pool, new Dictionary<XName, int> { [XName.Get("n", "urn:n")] = 1 }, static values => values[XName.Get("n", "urn:n")].ToString());
        await SameInAnother(pool, new Dictionary<Type, int> { [typeof(List<string>)] = 1 }, static values => values[typeof(List<string>)].ToString());
        await SameInAnother(pool, new Dictionary<HttpMethod, int> { [new HttpMethod("odd")] = 1 }, static values => values[new HttpMethod("ODD")].ToString());
        await SameInAnother(pool, new Dictionary<CultureInfo, int> { [CultureInfo.InvariantCulture] = 1 }, static values => values[CultureInfo.InvariantCulture].ToString());
        await SameInAnother(pool, new Dictionary<(string, object?), int> { [("a", "b")] = 1 }, static values => values[("a", "b")].ToString());
        await SameInAnother(pool, new[] { "a", "bb", "cc" }.GroupBy(static word => word.Length).ToList(), static groups => string.Join("; ", groups.Select(static group => group.Key + ":" + string.Join(",", group))));
        Message.Refused(new[] { "a" }.ToLookup(static word => word.Length));
    });

    [Fact]
    public Task Json_of_any_depth_crosses() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        foreach (var depth in new[] { 1, 63, 64, 65, 100, 999, 1000, 1001, 20_000 })
        {
            var text = string.Concat(Enumerable.Repeat("[", depth)) + "1" + string.Concat(Enumerable.Repeat("]", depth));
            var any = new JsonDocumentOptions { MaxDepth = int.MaxValue };
            Message.RoundTrip(JsonElement.Parse(text, any)).GetRawText().ShouldBe(text);
            Message.RoundTrip(JsonDocument.Parse(text, any)).RootElement.GetRawText().ShouldBe(text);
            JsonNode? node = JsonValue.Create(1);
            for (var i = 0; i < depth; i++)
            {
                node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["a"] = node };
            }

            JsonNode? copy = Message.RoundTrip(node)!;
            for (var i = depth - 1; i >= 0; i--)
            {
                copy = (i % 2 == 0 ? copy.ShouldBeOfType<JsonArray>()[0] : copy.ShouldBeOfType<JsonObject>()["a"])!;
            }

            copy.GetValue<int>().ShouldBe(1);
        }

        var tree = JsonNode.Parse("""{"A":[1,"x",null,true,1.5e300],"b":{"c":"2020-01-01T00:00:00Z"}}""", new JsonNodeOptions { PropertyNameCaseInsensitive = true })!;
        (await SameInAnother(pool, tree, static node => node.ToJsonString() + node["a"]![1]!.GetValue<string>() + node["b"]!["c"]!.GetValue<DateTime>().ToString("O") + node["b"]!.GetPath())).ShouldContain("$.b");
        var pair = Message.RoundTrip((tree, tree["b"]));
        pair.Item2!.Parent.ShouldBeSameAs(pair.tree);
        foreach (var value in new[] { JsonValue.Create(5), JsonValue.Create("t"), JsonValue.Create('c'), JsonValue.Create(1.5m), JsonValue.Create(Guid.Empty), JsonNode.Parse("7")!.AsValue() })
        {
            await SameInAnother(pool, value!, static value => value.ToJsonString() + value.GetValueKind() + value.TryGetValue<int>(out _) + value.TryGetValue<long>(out _));
        }

        Message.Refused(JsonValue.Create(new { A = 1 })!).Suggestion.ShouldContain("SerializeToNode");
    });

    [Fact]
    public Task Serializer_options_cross_also_when_they_were_used() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() }, MaxDepth = 200 };
        static string Use(JsonSerializerOptions options) => JsonSerializer.Serialize(new { Name = "n", Day = DayOfWeek.Friday }, options) + options.IsReadOnly + options.MaxDepth + options.Converters.Count;
        await SameInAnother(pool, options, Use);
        await SameInAnother(pool, JsonSerializerOptions.Web, Use);
        await SameInAnother(pool, JsonSerializerOptions.Default, Use);
    });

    [Fact]
    public Task Tables_cross_with_their_schema_and_the_states_of_their_rows() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var set = new DataSet("S") { Namespace = "urn:s" };
        set.ExtendedProperties["p"] = "q";
        var customers = set.Tables.Add("Customers");
        customers.Columns.Add(new DataColumn("Id", typeof(int)) { AutoIncrement = true, AutoIncrementSeed = 10, AutoIncrementStep = 5 });
        customers.Columns.Add(new DataColumn("Name", typeof(string)) { MaxLength = 20, AllowDBNull = false, Caption = "The name" });
        customers.Columns.Add(new DataColumn("Since", typeof(DateTime)) { DateTimeMode = DataSetDateTime.Utc });
        customers.Columns.Add("Tags", typeof(string[]));
        customers.Columns.Add("Upper", typeof(string), "'<' + Name + '>'");
        customers.PrimaryKey = [customers.Columns["Id"]!];
        var orders = set.Tables.Add("Orders");
        orders.Columns.Add("Id", typeof(Guid)).Unique = true;
        orders.Columns.Add("Customer", typeof(int));
        orders.Columns.Add("Amount", typeof(decimal)).DefaultValue = 1.5m;
        set.Relations.Add("placed", customers.Columns["Id"]!, orders.Columns["Customer"]!).Nested = true;
        var first = customers.Rows.Add(null, "Ada", new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc), new[] { "x", "y" });
        customers.Rows.Add(null, "Bob");
        var third = customers.Rows.Add(null, "Cleo");
        orders.Rows.Add(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), first["Id"]);
        set.AcceptChanges();
        first["Name"] = "Eve";
        third.Delete();
        customers.Rows.Add(null, "New").SetColumnError("Name", "bad");
        customers.Rows[1].RowError = "odd";

        static string Use(DataSet set)
        {
            var text = new StringBuilder();
            set.WriteXmlSchema(new StringWriter(text, CultureInfo.InvariantCulture));
            using (var writer = new StringWriter(text, CultureInfo.InvariantCulture))
            {
                set.WriteXml(writer, XmlWriteMode.DiffGram);
            }

            var customers = set.Tables["Customers"]!;
            text.Append(customers.Rows.Find(10)!["Upper"]).Append(customers.Rows.Find(10)!.GetChildRows("placed").Length).Append(set.Relations["placed"]!.ChildKeyConstraint is null).Append(set.ExtendedProperties["p"]);
            text.Append(customers.NewRow()["Id"]).Append(((string[])customers.Rows[0]["Tags"])[1]).Append(customers.GetErrors().Length).Append(customers.Columns["Name"]!.Caption).Append(customers.Columns["Upper"]!.ReadOnly);
            foreach (DataRow row in customers.Rows)
            {
                text.Append(row.RowState).Append(row.RowState == DataRowState.Modified ? row["Name", DataRowVersion.Original] : "");
            }

            return text.ToString();
        }

        var copy = Message.RoundTrip(set);
        Use(copy).ShouldBe(Use(set));
        await SameInAnother(pool, Message.RoundTrip(set), static set => set.GetXml() + set.GetXmlSchema() + set.HasChanges());
        Should.Throw<ConstraintException>(() => copy.Tables["Orders"]!.Rows.Add(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 10));
        Should.Throw<NoNullAllowedException>(() => copy.Tables["Customers"]!.Rows.Add(100, null));
        copy.RejectChanges();
        copy.Tables["Customers"]!.Rows[0]["Name"].ShouldBe("Ada");
        copy.Tables["Customers"]!.Rows.Count.ShouldBe(3);

        var parts = Message.RoundTrip((orders, orders.Rows[0], orders.Columns["Amount"], set.Relations[0], customers.Constraints[0]));
        parts.orders.DataSet!.Tables["Customers"].ShouldNotBeNull();
        parts.Item2.Table.ShouldBeSameAs(parts.orders);
        parts.Item2["Amount"].ShouldBe(1.5m);
        parts.Item3!.Table.ShouldBeSameAs(parts.orders);
        parts.Item4.DataSet.ShouldBeSameAs(parts.orders.DataSet);
        parts.Item5.Table!.TableName.ShouldBe("Customers");
        var lone = new DataTable();
        lone.Columns.Add("c", typeof(object));
        lone.Rows.Add(new Version(1, 2));
        await SameInAnother(pool, lone, static table => $"{table.TableName} {table.Rows[0][0]} {table.Rows[0].RowState}");
        Message.Refused(lone.NewRow()).Suggestion.ShouldContain("add it to one first");
        Message.Refused(lone.DefaultView).Suggestion.ShouldContain("RowFilter");
        Message.Refused(lone.Rows).Suggestion.ShouldContain("DataTable");
        lone.Rows[0][0] = new SemaphoreSlim(1);
        Message.Refused(lone).Path.ShouldBe("item -> row [0] -> column 'c'");
    });

    [Fact]
    public Task Encodings_of_code_pages_cross_to_processes_that_registered_no_provider() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        static string Use(Encoding encoding)
        {
            string text;
            try
            {
                text = Convert.ToHexString(encoding.GetBytes("é€ж日"));
            }
            catch (EncoderFallbackException)
            {
                text = "not encodable";
            }

            return $"{text} {encoding.GetString([0xE9, 0x80])} {encoding.WebName} {encoding.CodePage} {encoding.IsReadOnly}";
        }

        (await pool.RunAsync(static () =>
        {
            try
            {
                return Encoding.GetEncoding(1252).WebName;
            }
            catch (NotSupportedException)
            {
                return "not registered";
            }
        })).ShouldBe("not registered");
        (await SameInAnother(pool, Encoding.GetEncoding(1252), Use)).ShouldStartWith("E980");
        await SameInAnother(pool, Encoding.GetEncoding("shift_jis"), Use);
        await SameInAnother(pool, Encoding.GetEncoding("gb18030"), Use);
        await SameInAnother(pool, Encoding.GetEncoding("iso-2022-jp"), Use);
        await SameInAnother(pool, Encoding.GetEncoding(1251, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback), Use);
        await SameInAnother(pool, Encoding.GetEncoding(1250, new EncoderReplacementFallback("!"), new DecoderReplacementFallback("?")), Use);
        var clone = (Encoding)Encoding.GetEncoding(1252).Clone();
        clone.EncoderFallback = new EncoderReplacementFallback("#");
        (await SameInAnother(pool, clone, Use)).ShouldEndWith("False");
        await SameInAnother(pool, Encoding.UTF8, Use);
        await SameInAnother(pool, new UTF8Encoding(false, true), static encoding => encoding.Preamble.Length + Convert.ToHexString(encoding.GetBytes("é")) + encoding.DecoderFallback.GetType().Name);
        await SameInAnother(pool, Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("!"), DecoderFallback.ReplacementFallback), Use);
    });

    [Fact]
    public Task Other_types_do_in_another_process_what_they_do_here() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        Expression<Func<int, string, string>> expression = (number, text) => text + (number + 1) + DayOfWeek.Friday;
        (await SameInAnother(pool, expression, static expression => expression.Compile()(1, "a") + expression)).ShouldStartWith("a2Friday");
        await SameInAnother(pool, SearchValues.Create("aeiou"), static values => "xyzo".AsSpan().IndexOfAny(values).ToString());
        await SameInAnother(pool, CompositeFormat.Parse("{0}-{1:X}"), static format => string.Format(CultureInfo.InvariantCulture, format, 1, 255));
        await SameInAnother(pool, new Random(42), static random => Message.RoundTrip(random).Next().ToString());
        await SameInAnother(pool, Comparer<string>.Create(static (a, b) => b.CompareTo(a)), static comparer => comparer.Compare("a", "b").ToString());
        await SameInAnother(pool, StringComparer.Create(CultureInfo.InvariantCulture, ignoreCase: true), static comparer => comparer.Equals("a", "A").ToString());
        await SameInAnother(pool, BigInteger.Pow(7, 300), static number => number.ToString());
        await SameInAnother(pool, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(1), "X", "X", "D", [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            new DateTime(2000, 1, 1), new DateTime(2030, 1, 1), TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 28), TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 28))]),
            static zone => zone.GetUtcOffset(new DateTime(2020, 7, 1)).ToString());
        await SameInAnother(pool, new LinkedList<string>(["a", "b", "c"]), static list => list.First!.Next!.Value + list.Last!.List!.Count);
        await SameInAnother(pool, new Lazy<string>(static () => "made"), static lazy => lazy.Value);
        await SameInAnother(pool, new PriorityQueue<string, int>([("a", 2), ("b", 1)]), static queue => queue.Peek());
        await SameInAnother(pool, Enumerable.Range(0, 10).Where(static number => number % 2 == 0).Select(static number => number * 2).OrderByDescending(static number => number), static query => string.Join(",", query));
        await SameInAnother(pool, typeof(string).GetMethod("Trim", Type.EmptyTypes)!, static method => (string)method.Invoke(" a ", null)!);
        await SameInAnother(pool, new ArrayList { "a", 1 }, static list => list[0] + "" + list[1]);
        Message.Refused(new[] { 1 }.GetEnumerator()).Suggestion.ShouldContain("position in a collection");
        Message.Refused(new Dictionary<string, int> { ["a"] = 1 }.GetEnumerator()).Suggestion.ShouldContain("position in a collection");
    });

    [Fact]
    public void Tokens_of_cancelled_exceptions_stay_cancelled()
    {
        Message.RoundTrip(new OperationCanceledException(new CancellationToken(canceled: true))).CancellationToken.IsCancellationRequested.ShouldBeTrue();
        Message.RoundTrip(new TaskCanceledException("m", null, new CancellationToken(canceled: true))).CancellationToken.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_refusal_inside_an_object_of_the_framework_names_the_object()
    {
        Message.Refused(new { Hash = System.Security.Cryptography.SHA256.Create() }).Message.ShouldContain("property 'Hash' (System.Security.Cryptography.");
        var error = Message.Refused(System.Security.Cryptography.Aes.Create());
        error.Path.ShouldBe("item");
        error.Suggestion.ShouldContain("Key and IV");
        Message.Refused(new ArrayList { new SemaphoreSlim(1) }).Path.ShouldContain("element [0]");
        Message.Refused(new System.Diagnostics.TextWriterTraceListener(TextWriter.Null)).Suggestion.ShouldContain("create it in the child");
    }
}
