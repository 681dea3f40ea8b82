using CsCheck;
using Xunit;

namespace Multiprocessing.Fuzz.Tests;

/// <summary>Each target with random changes of its seeds.</summary>
public class TargetTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Changed_bytes_break_nothing(string name)
    {
        using var target = FuzzTargets.Create(name);
        Gen.OneOf([.. target.Seeds.Select(Mutations.Of)]).Sample(target.Run, time: FuzzTime.Seconds, threads: target.IsSerial ? 1 : -1);
        target.Finish();
    }
}
