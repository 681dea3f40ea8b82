using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace Multiprocessing.Generators.Tests;

/// <summary>Code that does not compile (yet) neither ends the generator nor the analyzer.</summary>
public class BrokenCodeTests
{
    [Theory]
    [InlineData("class Use { void M() => Host.Start<INowhere>(); }")]
    [InlineData("interface I { Nowhere M(); } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I { void M(List<Nowhere> items); } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I : INowhere { } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I : I { void M(); } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I { event Nowhere E; event int F; } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I<T> where T : Nowhere { T M(); } class Use { void M() => Host.Start<I<int>>(); }")]
    [InlineData("interface I { int this[] { get; } int P { } } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("interface I { void M(); void M(); int M { get; } } class Use { void M() => Host.Start<I>(); }")]
    [InlineData("class Use { void M() => Host.Start<>(); }")]
    [InlineData("class Use { void M() => Host.Start<I, I>(); } interface I { void M(); }")]
    [InlineData("[GenerateProxy] interface { void M(); }")]
    [InlineData("[GenerateProxy] class C { }")]
    public async Task Broken_code_has_no_diagnostic_but_the_compilers(string source)
    {
        var compiled = Compiled.From(source);
        (await compiled.AnalyzeAsync()).ShouldNotContain(diagnostic => diagnostic.Id == "AD0001");
        var errors = compiled.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Code_with_a_piece_missing_ends_neither_the_generator_nor_the_analyzer()
    {
        var random = new Random(14);
        for (var i = 0; i < 150; i++)
        {
            var start = random.Next(EveryMember.Source.Length);
            var source = i % 3 == 0 ? EveryMember.Source[..start] : EveryMember.Source.Remove(start, Math.Min(random.Next(1, 40), EveryMember.Source.Length - start));
            var compiled = Compiled.From(source); // a generator that throws is a diagnostic of the driver, which From refuses
            if (i % 5 == 0)
            {
                (await compiled.AnalyzeAsync()).ShouldNotContain(diagnostic => diagnostic.Id == "AD0001", source);
            }
        }
    }

    [Fact]
    public void An_interface_with_an_error_does_not_keep_the_others_from_their_proxies()
    {
        var generated = Compiled.From("interface IBad { Nowhere M(); } interface IGood { void M(); } class Use { void M() { Host.Start<IBad>(); Host.Start<IGood>(); } }").Generated;
        generated.ShouldContainKey("IGood.g.cs");
        generated.ShouldNotContainKey("IBad.g.cs");
    }
}
