using System.Text.Json;

namespace Multiprocessing;

/// <summary>What a supervisor publishes for observers.</summary>
internal sealed class SupervisorStatus(SupervisorCore core) : IStatusSource
{
    public StatusKind Kind => StatusKind.Supervisor;

    public void WriteStatus(Utf8JsonWriter writer)
    {
        var children = core.Read(static entries => entries.Select(static entry => new SupervisedSnapshot
        {
            Name = entry.Name,
            State = entry.State,
            ProcessId = entry.Child.ProcessId,
            RestartCount = entry.Restarts,
        }).ToList());
        var snapshot = new SupervisorSnapshot
        {
            Name = core.Name,
            OwnerProcessId = Environment.ProcessId,
            Strategy = core.Options.Strategy,
            RestartCount = children.Sum(static child => child.RestartCount),
            Children = children,
        };
        JsonSerializer.Serialize(writer, snapshot, ServiceStatusContext.Default.SupervisorSnapshot);
    }
}
