using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace Multiprocessing.Generators.Tests;

public class GeneratedCodeTests
{
    private const string Ocr = """
        namespace App
        {
            public interface IOcr
            {
                Task<string> ReadAsync(byte[] page, CancellationToken cancellationToken = default);

                event Action<int> PageDone;
            }
        }
        """;

    [Fact]
    public void Every_kind_of_member_compiles() => Compiled.From(EveryMember.Source).ShouldCompile();

    [Fact]
    public async Task Every_kind_of_member_has_no_diagnostic() => (await Compiled.From(EveryMember.Source).AnalyzeAsync()).ShouldBeEmpty();

    [Fact]
    public void A_proxy_writes_the_number_and_the_arguments_and_the_contract_reads_them()
    {
        var code = Compiled.From(Ocr + "class Use { void M() => Host.Start<App.IOcr>(); }").ShouldCompile().Generated["App_IOcr.g.cs"];
        code.ShouldContain(
            """
                    global::System.Threading.Tasks.Task<string> global::App.IOcr.ReadAsync(byte[] arg0, global::System.Threading.CancellationToken arg1)
                    {
                        var call = Begin(1);
                        call.Argument<byte[]>(arg0, "page");
                        return call.InvokeAsync<string>(arg1);
                    }
            """);
        code.ShouldContain(
            """
                    private static async global::System.Threading.Tasks.ValueTask Call1(object instance, global::Multiprocessing.Proxies.IncomingCall call)
                    {
                        var arg0 = call.Argument<byte[]>();
                        call.Return<string>(await ((global::App.IOcr)instance).ReadAsync(arg0, call.CancellationToken).ConfigureAwait(false));
                    }
            """);
        code.ShouldContain("add => AddHandler(0, value);");
    }

    /// <summary>No closure, array or state machine: what such a call allocates is the library's, and the values'.</summary>
    [Fact]
    public void A_synchronous_member_is_called_without_an_object_of_its_own()
    {
        var code = Compiled.From("interface ISum { int Add(int a, int b); } class Use { void M() => Host.Start<ISum>(); }").ShouldCompile().Generated["ISum.g.cs"];
        code.ShouldContain(
            """
                    int global::ISum.Add(int arg0, int arg1)
                    {
                        var call = Begin(0);
                        call.Argument<int>(arg0, "a");
                        call.Argument<int>(arg1, "b");
                        return call.Invoke<int>(default);
                    }
            """);
        code.ShouldContain(
            """
                    private static global::System.Threading.Tasks.ValueTask Call0(object instance, global::Multiprocessing.Proxies.IncomingCall call)
                    {
                        var arg0 = call.Argument<int>();
                        var arg1 = call.Argument<int>();
                        call.Return<int>(((global::ISum)instance).Add(arg0, arg1));
                        return default;
                    }
            """);
    }

    [Theory]
    [InlineData("class Use { void M() => Host.Start<App.IOcr>(); }")]
    [InlineData("class Use { void M(App.IOcr made) => Host.Start(() => made); }")]
    [InlineData("class Box<[GenerateProxy] T> { } class Use { Box<App.IOcr>? Get() => null; }")]
    [InlineData("class Box<[GenerateProxy] T> { } class Derived : Box<App.IOcr> { }")]
    [InlineData("static class Own { public static void Begin<[GenerateProxy] T>(this T value) { } } class Use { void M(App.IOcr made) => made.Begin(); }")]
    [InlineData("class Use { void M() { Local<App.IOcr>(); void Local<[GenerateProxy] T>() { } } }")]
    [InlineData("class Use { void M<[GenerateProxy] T>() where T : class => Host.Start<T>(); void N() => M<App.IOcr>(); }")]
    [InlineData("interface IFactory { T Get<[GenerateProxy] T>() where T : class; } class Use { void M(IFactory? factory) => factory?.Get<App.IOcr>(); }")]
    [InlineData("[GenerateProxy] interface IMine : App.IOcr { App.IOcr Other { get; } }")]
    public void An_interface_gets_a_proxy_where_it_is_used(string use)
    {
        var compiled = Compiled.From(Ocr + use).ShouldCompile();
        compiled.Generated.ShouldContainKey("App_IOcr.g.cs");
        compiled.Generated["ProxyRegistration.g.cs"].ShouldContain("new App_IOcr_Contract()");
    }

    [Fact]
    public void A_program_that_asks_for_no_proxy_gets_no_code() =>
        Compiled.From(Ocr + "class Use { List<App.IOcr> list = new(); }").ShouldCompile().Generated.ShouldBeEmpty();

    [Fact]
    public void The_numbers_and_the_fingerprint_are_the_same_for_source_and_metadata()
    {
        var library = Compiled.Compile("Library", [Compiled.Usings, Compiled.Host, EveryMember.Source.Replace("internal class Outer", "public class Outer").Replace("internal interface", "public interface")]);
        var here = Compiled.From(library).ShouldCompile();
        using var image = new MemoryStream();
        library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success.ShouldBeTrue();
        var there = Compiled.From(
            Compiled.Compile("Program", [Compiled.Usings, Compiled.Host, "class Uses { void M() { Host.Start<App.IEvery>(); Host.Start<App.Outer<string>.IInner<int>>(); Host.Start<App.@interface>(); } }"], MetadataReference.CreateFromImage(image.ToArray())));
        there.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ShouldBeEmpty();
        there.Generated.Keys.Order().ShouldBe(here.Generated.Keys.Order());
        foreach (var (name, code) in here.Generated)
        {
            there.Generated[name].ShouldBe(code);
        }
    }

    [Fact]
    public void The_fingerprint_changes_with_a_signature_and_not_with_a_name_of_a_parameter_or_the_order_of_members()
    {
        const string Head = "class Use { void M() => Host.Start<I>(); } interface I { ";
        var first = Fingerprint(Head + "int A(int a, string? b); void B(); }");
        Fingerprint(Head + "void B(); int A(int x, string y); }").ShouldBe(first);
        Fingerprint(Head + "int A(int a, object b); void B(); }").ShouldNotBe(first);
        Fingerprint(Head + "int A(int a, string? b); void B(); void C(); }").ShouldNotBe(first);
        Fingerprint(Head + "long A(int a, string? b); void B(); }").ShouldNotBe(first);

        static string Fingerprint(string source)
        {
            var code = Compiled.From(source).Generated["I.g.cs"];
            return code[code.IndexOf("0x", StringComparison.Ordinal)..][..18];
        }
    }

    [Fact]
    public void Interfaces_with_similar_names_get_different_proxies()
    {
        var compiled = Compiled.From(
            """
            namespace A_B { public interface IC { void M(); } }
            namespace A.B { public interface IC { void M(); } public class IC_ { public interface I { void M(); } } }
            namespace A { public class B_IC { public interface I { void M(); } } }
            class Use { void M() { Host.Start<A_B.IC>(); Host.Start<A.B.IC>(); Host.Start<A.B.IC_.I>(); Host.Start<A.B_IC.I>(); } }
            """).ShouldCompile();
        compiled.Generated.Count.ShouldBe(5);
    }

    [Fact]
    public void Two_assemblies_of_which_one_sees_the_internals_of_the_other_may_both_have_a_proxy()
    {
        var library = Compiled.From(
            Compiled.Compile(
                "Library", [Compiled.Usings, Compiled.Host.Replace("internal", "public"), Ocr, "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Program\")] class Use { void M() => Host.Start<App.IOcr>(); }"])).ShouldCompile();
        using var image = new MemoryStream();
        library.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success.ShouldBeTrue();
        Compiled.From(
            Compiled.Compile("Program", [Compiled.Usings, "class Uses { void M() => Host.Start<App.IOcr>(); }"], MetadataReference.CreateFromImage(image.ToArray()))).ShouldCompile().Generated.ShouldContainKey("App_IOcr.g.cs");
    }

    /// <summary>A dynamic argument would make the call of the library a call that is bound at run time, which native code cannot do.</summary>
    [Fact]
    public void Nothing_in_generated_code_is_dynamic()
    {
        var compiled = Compiled.From(
            """
            interface I { dynamic M(dynamic value); Task<dynamic> N(); dynamic P { get; set; } event Action<dynamic> E; List<dynamic> L { get; } }
            class Use { void M() => Host.Start<I>(); }
            """).ShouldCompile();
        var tree = compiled.Output.SyntaxTrees.Single(static tree => tree.FilePath.EndsWith("I.g.cs", StringComparison.Ordinal));
        var model = compiled.Output.GetSemanticModel(tree);
        var calls = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax>().ToList();
        calls.Count.ShouldBeGreaterThan(10);
        calls.Where(call => model.GetOperation(call, TestContext.Current.CancellationToken) is Microsoft.CodeAnalysis.Operations.IDynamicInvocationOperation).ShouldBeEmpty();
    }

    [Fact]
    public void An_interface_of_the_framework_can_be_a_service() =>
        Compiled.From("class Use { void M() => Host.Start<IComparer<string>>(); }").ShouldCompile()
            .Generated.Keys.ShouldBe(["ProxyRegistration.g.cs", "System_Collections_Generic_IComparer_1.g.cs"], ignoreOrder: true);

    [Fact]
    public void The_code_is_the_same_in_every_run()
    {
        var first = Compiled.From(EveryMember.Source).Generated;
        foreach (var (name, code) in Compiled.From(EveryMember.Source).Generated)
        {
            code.ShouldBe(first[name]);
        }
    }

    [Fact]
    public void Code_of_an_older_language_version_compiles()
    {
        var options = new Microsoft.CodeAnalysis.CSharp.CSharpParseOptions(Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp10);
        var code = Compiled.From(EveryMember.Source).Generated.Values;
        foreach (var text in code)
        {
            Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText(text, options, cancellationToken: TestContext.Current.CancellationToken)
                .GetDiagnostics(TestContext.Current.CancellationToken).ShouldBeEmpty();
        }
    }
}
