using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class ValueTests
{
    private enum Colour : byte
    {
        Red,
        Green = 200,
    }

    [Fact]
    public void Primitives_cross()
    {
        Same(true);
        Same((byte)7);
        Same((sbyte)-7);
        Same('x');
        Same(short.MinValue);
        Same(int.MaxValue);
        Same(long.MinValue);
        Same(1.5f);
        Same(double.NaN);
        Same(1.1m);
        Same((nint)5);
        Same(Colour.Green);
        Same((Half)1.5);
        Same(Int128.MaxValue);
        Same(UInt128.MaxValue);
        Same(Guid.NewGuid());
        Same(new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Local));
        Same(DateTimeOffset.Now);
        Same(new DateOnly(2020, 1, 2));
        Same(new TimeOnly(3, 4));
        Same(TimeSpan.FromDays(1));
        Same(^3);
        Same(1..^2);
        Same<int?>(5);
        Same<int?>(null);
        Message.RoundTrip(new DateTime(1, DateTimeKind.Utc)).Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("äöü\0\ud800")]
    public void Strings_cross_unit_by_unit(string? text) => Same(text);

    [Fact]
    public void Long_strings_are_written_once()
    {
        var text = new string('x', 5000);
        var message = Message.Write(new[] { text, text, text });
        message.Length.ShouldBeLessThan(11_000);
        var copy = Message.Read<string[]>(message);
        copy[0].ShouldBe(text);
        copy[2].ShouldBeSameAs(copy[0]);
    }

    [Fact]
    public void Boxed_values_keep_their_type()
    {
        foreach (var value in new object[] { 1, 2L, 'c', 1.5, Colour.Green, Guid.NewGuid(), (1, "a"), new KeyValuePair<string, int>("k", 1), DBNull.Value, Missing.Value, "text" })
        {
            var copy = Message.RoundTrip(value);
            copy.ShouldBe(value);
            copy.ShouldBeOfType(value.GetType());
        }

        Message.RoundTrip<object>(DBNull.Value).ShouldBeSameAs(DBNull.Value);
        Message.RoundTrip<object?>(null).ShouldBeNull();
    }

    [Fact]
    public void Types_members_and_assemblies_are_found_again()
    {
        foreach (var type in new[] { typeof(int), typeof(ValueTests), typeof(List<>), typeof(List<ValueTests>), typeof(int[,]), typeof(int*), typeof(string).MakeByRefType(), typeof(List<>).GetGenericArguments()[0], typeof(int[]).MakeArrayType(1), typeof(Dictionary<,>.Enumerator) })
        {
            Message.RoundTrip(type).ShouldBeSameAs(type);
        }

        Same<MethodInfo>(typeof(string).GetMethod(nameof(string.IsNullOrEmpty))!);
        Same<MethodBase>(typeof(List<int>).GetMethod("Add")!);
        Same<MethodInfo>(typeof(Enumerable).GetMethods().First(static method => method.Name == "Select").MakeGenericMethod(typeof(int), typeof(string)));
        Same<ConstructorInfo>(typeof(Uri).GetConstructor([typeof(string)])!);
        Same<FieldInfo>(typeof(KeyValuePair<int, string>).GetField("key", BindingFlags.Instance | BindingFlags.NonPublic)!);
        Same<PropertyInfo>(typeof(string).GetProperty("Length")!);
        Same<EventInfo>(typeof(AppDomain).GetEvent("ProcessExit")!);
        Message.RoundTrip(typeof(string).GetMethod(nameof(string.IsNullOrEmpty))!.GetParameters()[0]).Name.ShouldBe("value");
        Same(typeof(ValueTests).Assembly);
        Same(typeof(ValueTests).Module);
        Same(typeof(int).TypeHandle);
    }

    [Fact]
    public void Numbers_and_names_of_the_framework_cross()
    {
        Same(BigInteger.Pow(7, 100));
        Same(new Complex(1, 2));
        Same(new Version(1, 2, 3));
        Same(new Uri("https://example.org/a?b=c"));
        Same(new Uri("a/b", UriKind.Relative));
        Same(IPAddress.Parse("10.1.2.3"));
        Same(IPAddress.Parse("fe80::1%3"));
        Same(new IPEndPoint(IPAddress.Loopback, 80));
        Same(HttpMethod.Get);
        Same(CultureInfo.InvariantCulture);
        Same(TimeZoneInfo.Utc);
        Message.RoundTrip(TimeZoneInfo.Utc).ShouldBeSameAs(TimeZoneInfo.Utc);
        Same(TimeZoneInfo.CreateCustomTimeZone("mine", TimeSpan.FromHours(3), "Mine", "Mine"));
        Same(XName.Get("a", "urn:x"));
        Message.RoundTrip(XElement.Parse("<a b='1'><c/>text</a>")).ToString(SaveOptions.DisableFormatting).ShouldBe("<a b=\"1\"><c />text</a>");
        Message.RoundTrip(new StringBuilder("abc").Append(1)).ToString().ShouldBe("abc1");
    }

    [Fact]
    public void A_changed_culture_takes_its_formats_along()
    {
        var culture = new CultureInfo("");
        culture.NumberFormat.NumberDecimalSeparator = ";";
        culture.DateTimeFormat.DateSeparator = "#";
        var copy = Message.RoundTrip(culture);
        1.5.ToString("N1", copy).ShouldBe("1;5");
        new DateTime(2020, 1, 2).ToString("d", copy).ShouldBe("01#02#2020");
        copy.IsReadOnly.ShouldBeFalse();
    }

    [Fact]
    public void Regular_expressions_cross_with_options_and_timeout()
    {
        var copy = Message.RoundTrip(new Regex("A(b)", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(3)));
        copy.Match("xaBx").Groups[1].Value.ShouldBe("B");
        copy.MatchTimeout.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Encodings_keep_their_identity_or_their_settings()
    {
        Message.RoundTrip(Encoding.UTF8).ShouldBeSameAs(Encoding.UTF8);
        var strict = Message.RoundTrip<Encoding>(new UTF8Encoding(false, true));
        strict.GetPreamble().ShouldBeEmpty();
        Should.Throw<DecoderFallbackException>(() => strict.GetString([0xFF]));
        Message.RoundTrip(Encoding.Latin1).GetBytes("ä").ShouldBe([0xE4]);
    }

    [Fact]
    public void Json_crosses_as_its_text()
    {
        using var document = JsonDocument.Parse("""{"a":[1,2,{"b":null}]}""");
        Message.RoundTrip(document).RootElement.GetProperty("a")[1].GetInt32().ShouldBe(2);
        Message.RoundTrip(document.RootElement.GetProperty("a"))[0].GetInt32().ShouldBe(1);
        Message.RoundTrip(default(JsonElement)).ValueKind.ShouldBe(JsonValueKind.Undefined);
        var node = new JsonObject { ["x"] = 1, ["y"] = new JsonArray("a", true) };
        Message.RoundTrip(node)["y"]![0]!.GetValue<string>().ShouldBe("a");
    }

    [Fact]
    public void Tokens_that_cannot_be_cancelled_any_more_cross()
    {
        Message.RoundTrip(CancellationToken.None).CanBeCanceled.ShouldBeFalse();
        Message.RoundTrip(new CancellationToken(true)).IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Memory_streams_and_lazies_cross_with_their_content()
    {
        var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        stream.Position = 1;
        var copy = Message.RoundTrip(stream);
        copy.ReadByte().ShouldBe(2);
        copy.ToArray().ShouldBe([1, 2, 3]);

        var lazy = new Lazy<int>(() => 5);
        Message.RoundTrip(lazy).Value.ShouldBe(5);
        _ = lazy.Value;
        Message.RoundTrip(lazy).IsValueCreated.ShouldBeTrue();
    }

    [Fact]
    public void Random_goes_on_where_it_was()
    {
        var random = new Random(5);
        random.Next();
        var copy = Message.RoundTrip(random);
        copy.Next().ShouldBe(random.Next());
        Message.RoundTrip(Random.Shared).ShouldBeSameAs(Random.Shared);
    }

    [Fact]
    public void Values_that_are_their_bytes_are_known()
    {
        ValueSerializer<int>.IsRaw.ShouldBeTrue();
        ValueSerializer<decimal>.IsRaw.ShouldBeTrue();
        ValueSerializer<(int, Guid, DateTime)>.IsRaw.ShouldBeTrue();
        ValueSerializer<int?>.IsRaw.ShouldBeTrue();
        ValueSerializer<Colour>.IsRaw.ShouldBeTrue();
        ValueSerializer<Buffer4>.IsRaw.ShouldBeTrue();
        ValueSerializer<string>.IsRaw.ShouldBeFalse();
        ValueSerializer<(int, string)>.IsRaw.ShouldBeFalse();
        ValueSerializer<CancellationToken>.IsRaw.ShouldBeFalse();
        ValueSerializer<System.Runtime.InteropServices.GCHandle>.IsRaw.ShouldBeFalse();
        ValueSerializer<WithPointer>.IsRaw.ShouldBeFalse();
        ValueSerializer<System.Buffers.MemoryHandle>.IsRaw.ShouldBeFalse();
    }

    [Fact]
    public void Inline_arrays_cross()
    {
        var numbers = default(Buffer4);
        numbers[3] = 9;
        Message.RoundTrip(numbers)[3].ShouldBe(9);
        var texts = default(Texts);
        texts[1] = "b";
        Message.RoundTrip(texts)[1].ShouldBe("b");
        Message.RoundTrip(new[] { texts })[0][1].ShouldBe("b");
    }

    private static void Same<T>(T value) => Message.RoundTrip(value).ShouldBe(value);

    [InlineArray(4)]
    private struct Buffer4
    {
        private int _first;
    }

    [InlineArray(3)]
    private struct Texts
    {
        private string? _first;
    }

    private readonly unsafe struct WithPointer(int* at)
    {
        private readonly int* _at = at;
    }
}
