using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace Multiprocessing.Generators.Tests;

public class AnalyzerTests
{
    [Theory]
    [InlineData("MP0001", "void M(ref int value);", "value")]
    [InlineData("MP0001", "bool TryGet(out int value);", "value")]
    [InlineData("MP0001", "void M(in int value);", "value")]
    [InlineData("MP0001", "ref int M();", "M")]
    [InlineData("MP0001", "ref int P { get; }", "P")]
    [InlineData("MP0001", "event Changing E; delegate void Changing(ref int value);", "value")]
    [InlineData("MP0002", "unsafe void M(int* value);", "value")]
    [InlineData("MP0002", "unsafe void M(delegate*<void> value);", "value")]
    [InlineData("MP0002", "unsafe byte*[] M();", "M")]
    [InlineData("MP0003", "void M(Span<byte> value);", "value")]
    [InlineData("MP0003", "int this[ReadOnlySpan<char> value] { get; }", "value")]
    [InlineData("MP0003", "ReadOnlySpan<char> M();", "M")]
    [InlineData("MP0003", "void M(params ReadOnlySpan<int> values);", "values")]
    [InlineData("MP0003", "void M<T>(T value) where T : allows ref struct;", "value")]
    [InlineData("MP0004", "void M(System.IO.Stream value);", "value")]
    [InlineData("MP0004", "Task<System.IO.FileStream> M();", "M")]
    [InlineData("MP0004", "void M(List<(int, Thread)> value);", "value")]
    [InlineData("MP0004", "void M(System.Net.Sockets.Socket value);", "value")]
    [InlineData("MP0004", "Microsoft.Win32.SafeHandles.SafeFileHandle P { get; }", "P")]
    [InlineData("MP0004", "System.Data.Common.DbConnection P { set; }", "P")]
    [InlineData("MP0004", "Thread P { get; set; }", "P")]
    [InlineData("MP0004", "int this[Thread index] { get; set; }", "index")]
    [InlineData("MP0004", "void M(System.Threading.Channels.ChannelReader<int> value);", "value")]
    [InlineData("MP0004", "void M(Task value);", "value")]
    [InlineData("MP0004", "Task<Task<int>> M();", "M")]
    [InlineData("MP0004", "void M<T>(T value) where T : System.IO.Stream;", "value")]
    [InlineData("MP0004", "IEnumerator<int> M();", "M")]
    [InlineData("MP0004", "void M(IServiceProvider value);", "value")]
    [InlineData("MP0004", "IAsyncEnumerable<Thread> M();", "M")]
    [InlineData("MP0004", "void M(IProgress<Thread> value);", "value")]
    [InlineData("MP0004", "event Action<Thread> E;", "E")]
    [InlineData("MP0007", "static abstract int M();", "M")]
    [InlineData("MP0007", "static abstract int P { get; }", "P")]
    [InlineData("MP0007", "static abstract event Action E;", "E")]
    [InlineData("MP0008", "protected void M();", "M")]
    [InlineData("MP0008", "int P { get; protected set; }", "set")]
    [InlineData("MP0009", "event Func<int> E;", "E")]
    [InlineData("MP0009", "event Func<int, Task> E;", "E")]
    [InlineData("MP0010", "int P { get; init; }", "P")]
    [InlineData("MP0011", "IReadOnlyList<IOther> M();", "M")]
    [InlineData("MP0011", "void M(IOther[] value);", "value")]
    [InlineData("MP0011", "IAsyncEnumerable<IOther> M();", "M")]
    [InlineData("MP0011", "Task<(int, IOther)> M();", "M")]
    [InlineData("MP0012", "Task<IAsyncEnumerable<int>> M();", "M")]
    [InlineData("MP0012", "void M(CancellationToken first, CancellationToken second);", "second")]
    [InlineData("MP0012", "CancellationToken P { get; }", "P")]
    [InlineData("MP0012", "IProgress<int> M();", "M")]
    [InlineData("MP0012", "List<IAsyncEnumerable<int>> M();", "M")]
    [InlineData("MP0012", "event Action<CancellationToken> E;", "E")]
    [InlineData("MP0013", "void M(int value, __arglist);", "M")]
    [InlineData("MP0014", "void M<[GenerateProxy] T>(T value);", "value")]
    public async Task A_member_that_a_proxy_cannot_carry_is_reported_at_its_place(string id, string member, string place)
    {
        var compiled = Compiled.From($$"""interface IOther { void N(); } interface I { void Other(); {{member}} } class Use { void M() => Host.Start<IHas>(); } interface IHas { I Inner { get; } }""");
        var found = (await compiled.AnalyzeAsync()).ShouldHaveSingleItem();
        found.Id.ShouldBe(id);
        found.Severity.ShouldBe(DiagnosticSeverity.Error);
        found.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(found.Location.SourceSpan).ShouldBe(place);
        compiled.Generated.ShouldNotContainKey("I.g.cs");
        compiled.Generated.ShouldContainKey("IHas.g.cs");
    }

    [Theory]
    [InlineData("void M([ByValue] IOther[] value);")]
    [InlineData("[return: ByValue] Task<IReadOnlyList<IOther>> M();")]
    [InlineData("void M(Func<IOther, Task> value);")]
    [InlineData("void M(IEqualityComparer<IOther> value);")]
    [InlineData("void M(System.IO.MemoryStream value);")]
    [InlineData("void M(List<ICopied> value, ICopied copied, IEmpty empty, IEmpty[] more);")]
    [InlineData("void M(IReadOnlyList<int> list, IDictionary<string, object> map, IComparable other);")]
    [InlineData("protected void Helper() { } void M() => Helper();")]
    [InlineData("static virtual int M() => 5; void N();")]
    [InlineData("const int Limit = 5; class Nested { ref int M() => throw new(); } void N();")]
    [InlineData("private static void M(Span<int> value) { } sealed void N(Span<int> value) { }")]
    [InlineData("void M(nint value, ProcessQueue<int> queue, SharedArray<byte> page, ProcessLock guard);")]
    public async Task A_member_that_crosses_has_no_diagnostic(string member)
    {
        var compiled = Compiled.From(
            $$"""interface IOther { void N(); } [ByValue] interface ICopied { int N(); } interface IEmpty; interface I { {{member}} } class Use { void M() => Host.Start<I>(); }""");
        (await compiled.AnalyzeAsync()).ShouldBeEmpty();
        compiled.ShouldCompile().Generated.ShouldContainKey("I.g.cs");
    }

    [Theory]
    [InlineData("MP0005", "class C { } class Use { void M() => Host.Start<C>(); }", "C")]
    [InlineData("MP0005", "class Use { void M() => Host.Start(() => new List<int>()); }", "Start")]
    [InlineData("MP0005", "class Use { void M() => Host.Start<Action>(); }", "Action")]
    [InlineData("MP0006", "class Use { void M<T>() where T : class => Host.Start<T>(); }", "T")]
    [InlineData("MP0006", "interface I<T> { T M(); } class Use<T> { void M() => Host.Start<I<T>>(); }", "I<T>")]
    [InlineData("MP0008", "class Outer { interface I { void N(); } void M() => Host.Start<I>(); }", "I")]
    [InlineData("MP0008", "file interface I { void N(); } class Use { void M() => Host.Start<I>(); }", "I")]
    [InlineData("MP0003", "class Use { void M() => Host.Start<IComparer<Span<int>>>(); }", "IComparer<Span<int>>")]
    [InlineData("MP0004", "[GenerateProxy] interface I { void M(Thread thread); }", "thread")]
    [InlineData("MP0004", "class Use { void M() => Host.Start<System.Data.IDbCommand>(); }", "System.Data.IDbCommand")]
    [InlineData("MP0004", "interface I : IEnumerable<int> { } class Use { void M() => Host.Start<I>(); }", "I")]
    public async Task A_use_that_cannot_work_is_reported_at_its_place(string id, string source, string place)
    {
        var found = await Compiled.From(source).AnalyzeAsync();
        found.ShouldNotBeEmpty();
        found.ShouldAllBe(diagnostic => diagnostic.Id == id);
        found[0].Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(found[0].Location.SourceSpan).ShouldBe(place);
    }

    [Fact]
    public async Task A_message_says_what_and_why_and_the_way_out()
    {
        var found = await Compiled.From("namespace App { interface IStore { Task SaveAsync(System.IO.Stream content); } } class Use { void M() => Host.Start<App.IStore>(); }").AnalyzeAsync();
        found.Single().GetMessage().ShouldBe(
            "'App.IStore.SaveAsync' cannot be called through a proxy: parameter 'content' (System.IO.Stream) cannot cross to another process. "
            + "Open it in the child (a file by its path), or pass its bytes; a MemoryStream crosses with its content.");
    }

    [Fact]
    public async Task A_member_is_reported_once_for_all_uses() =>
        (await Compiled.From("interface I { void M(Thread thread); } class Use { void M() { Host.Start<I>(); Host.Start<I>(); Host.Start<IHas>(); } } interface IHas { I Inner { get; } }").AnalyzeAsync())
            .ShouldHaveSingleItem();

    [Fact]
    public async Task A_member_of_another_assembly_is_reported_where_the_interface_is_used()
    {
        var library = Compiled.Compile("Library", [Compiled.Usings, "public interface IBad { void M(Thread thread); }"]);
        using var image = new MemoryStream();
        library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success.ShouldBeTrue();
        var found = await Compiled.From("class Use { void M() => Host.Start<IBad>(); }", MetadataReference.CreateFromImage(image.ToArray())).AnalyzeAsync();
        var one = found.ShouldHaveSingleItem();
        one.Id.ShouldBe("MP0004");
        one.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(one.Location.SourceSpan).ShouldBe("IBad");
    }

    [Fact]
    public async Task A_type_parameter_with_the_attribute_passes_the_question_on() =>
        (await Compiled.From("class Use { void M<[GenerateProxy] T>() where T : class => Host.Start<T>(); }").AnalyzeAsync()).ShouldBeEmpty();
}
