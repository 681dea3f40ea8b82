namespace Services.Contenders;

/// <summary>The least that the machine needs: two C processes with a ring in shared memory for each direction.</summary>
internal sealed class LimitContender : Contender
{
    private const int Count = 100_000;

    public override string Name => Catalog.Limit;

    public override bool Does(Work work) => CRunner.Absence is null && work is { Kind: Kind.Echo, Size: 64, Clients: 1 };

    public override void WarmUp(Work work, TimeSpan turn)
    {
    }

    public override double Measure(Work work, TimeSpan turn) => CRunner.Run("pingpong", work.Size, Count)![0];

    public override void Dispose()
    {
    }
}
