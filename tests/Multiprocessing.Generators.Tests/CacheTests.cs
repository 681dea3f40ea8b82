using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Shouldly;
using Xunit;

namespace Multiprocessing.Generators.Tests;

/// <summary>What an editor pays for after each key.</summary>
public class CacheTests
{
    private const string Source = """
        interface ILeft { int Add(int a); }
        interface IRight { ILeft Left { get; } }
        class Use { void M() { Host.Start<ILeft>(); Host.Start<IRight>(); } }
        """;

    [Fact]
    public void An_edit_elsewhere_generates_nothing_again()
    {
        var edited = Compiled.From(Source).Edit(static source => source.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other { int Value => 1; }", (CSharpParseOptions)source.SyntaxTrees[0].Options)));
        Reasons(edited, ProxyGenerator.InterfacesStep).ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached || reason == IncrementalStepRunReason.Unchanged);
        Outputs(edited).ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void An_edit_of_a_method_in_the_same_file_generates_nothing_again()
    {
        var edited = Edit(Compiled.From(Source), "Host.Start<ILeft>();", "Host.Start<ILeft>(); int x = 5; x++;");
        Outputs(edited).ShouldAllBe(reason => reason == IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void An_edit_of_an_interface_generates_that_interface_again_alone()
    {
        var edited = Edit(Compiled.From(Source), "int Add(int a);", "int Add(int a); void Clear();");
        edited.Generated["ILeft.g.cs"].ShouldContain("Clear");
        Outputs(edited).Count(reason => reason == IncrementalStepRunReason.Modified).ShouldBe(1);
        Outputs(edited).Count(reason => reason == IncrementalStepRunReason.Cached).ShouldBe(2);
    }

    [Fact]
    public void A_removed_use_removes_the_code()
    {
        var edited = Edit(Compiled.From(Source), "Host.Start<IRight>();", "");
        edited.Generated.ShouldNotContainKey("IRight.g.cs");
        edited.Generated["ProxyRegistration.g.cs"].ShouldNotContain("IRight");
    }

    private static Compiled Edit(Compiled compiled, string old, string now) => compiled.Edit(source =>
    {
        var tree = source.SyntaxTrees.Single(tree => tree.GetText().ToString().Contains(old, StringComparison.Ordinal));
        return source.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(tree.GetText().ToString().Replace(old, now, StringComparison.Ordinal), (CSharpParseOptions)tree.Options, tree.FilePath));
    });

    private static List<IncrementalStepRunReason> Reasons(Compiled compiled, string step) =>
        [.. compiled.Driver.GetRunResult().Results.Single().TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];

    private static List<IncrementalStepRunReason> Outputs(Compiled compiled)
    {
        List<IncrementalStepRunReason> reasons =
            [.. compiled.Driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason)];
        reasons.ShouldNotBeEmpty();
        return reasons;
    }
}
