using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of README.md about spares, which all children of this process may take.</summary>
[Collection(AloneCollection.Name)]
public class ReadmeSpares
{
    [Fact]
    public async Task Spares_are_prepared()
    {
        #region first-spares
        SpareProcesses.MaxCount = 4;           // the default is the number of processors, at most 4; 0 for none
        await SpareProcesses.WarmUpAsync(2); // two stand ready now
        #endregion
        SpareProcesses.ReadyCount.ShouldBeGreaterThanOrEqualTo(2);
        SpareProcesses.MaxCount = 0;
    }
}
