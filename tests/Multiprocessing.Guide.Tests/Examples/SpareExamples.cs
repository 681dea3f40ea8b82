using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Spares, of which this process has one number for all its children.</summary>
[Collection(AloneCollection.Name)]
public class SpareExamples
{
    [Fact]
    public async Task Spare_processes()
    {
        var before = SpareProcesses.MaxCount;
        #region SpareProcesses
        SpareProcesses.MaxCount = 2;
        await SpareProcesses.WarmUpAsync(2); // two processes are started and wait for a body
        using var child = ChildProcess.Run(() => Environment.ProcessId); // its body begins at once
        Console.WriteLine(await child.Result);
        #endregion
        SpareProcesses.MaxCount = before;
    }
}
