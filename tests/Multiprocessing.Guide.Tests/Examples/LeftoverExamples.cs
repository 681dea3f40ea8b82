using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Leftovers of killed programs.</summary>
public class LeftoverExamples
{
    [Fact]
    public void Leftovers()
    {
        #region ProgramLeftovers
        foreach (ProgramLeftover leftover in ProgramLeftovers.Remove())
        {
            Console.WriteLine(leftover.Error is null
                ? $"removed {leftover.Path}: {leftover.Bytes} bytes of process {leftover.RootProcessId}"
                : $"not removed: {leftover.Error}");
        }
        #endregion
        ProgramLeftovers.Find().ShouldNotContain(static leftover => leftover.RootProcessId == Environment.ProcessId);
    }

    [Fact]
    public void A_leftover()
    {
        #region ProgramLeftover
        ProgramLeftover? largest = ProgramLeftovers.Find().MaxBy(static leftover => leftover.Bytes);
        if (largest is not null)
        {
            Console.WriteLine($"{largest.Path}: {largest.FileCount} files, {largest.Bytes} bytes, last changed {largest.LastChange}");
        }
        #endregion
    }

    [Fact]
    public void Kinds()
    {
        #region ProgramLeftoverKind
        long bytes = ProgramLeftovers.Find()
            .Where(static leftover => leftover.Kind == ProgramLeftoverKind.Session)
            .Sum(static leftover => leftover.Bytes);
        #endregion
        bytes.ShouldBeGreaterThanOrEqualTo(0);
    }
}
