using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>A test with a manager of its own, which is gone afterwards with everything that it had.</summary>
public abstract class ManagerTest : ProcessTest
{
    private ProcessManager? _manager;

    protected ProcessManager Manager => _manager!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _manager = await ProcessManager.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_manager is not null)
        {
            await _manager.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
