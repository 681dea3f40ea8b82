using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>The error about a lock of the runtime, which cannot cross, names a type to use instead, and that type exists.</summary>
public sealed partial class NamedCounterpartTests
{
    [Fact]
    public void What_a_refusal_names_instead_exists()
    {
        var table = (Dictionary<string, string>)typeof(Refusals).GetField("ByName", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        var named = table.Values.SelectMany(text => OwnTypes().Matches(text)).Select(match => match.Value).Distinct().ToList();
        named.Count.ShouldBeGreaterThan(4);
        var types = typeof(ProcessLock).Assembly.GetExportedTypes().Select(type => type.Name.Split('`')[0]).ToHashSet();
        named.ShouldAllBe(name => types.Contains(name));
    }

    [GeneratedRegex(@"\b(Process|Shared)[A-Z]\w+")]
    private static partial Regex OwnTypes();
}
