using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>Who is told that a lock of the runtime cannot cross is told what to use instead, and there is such a thing.</summary>
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
