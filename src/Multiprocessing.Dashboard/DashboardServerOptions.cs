using System.Net;

namespace Multiprocessing;

/// <summary>Options of a <see cref="DashboardServer"/>.</summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.OpenCurrent();
/// await using DashboardServer server = await DashboardServer.StartAsync(monitor, new DashboardServerOptions
/// {
///     Port = 0, // a free one
///     AllowActions = false, // the pages end no processes and cancel no tasks
/// });
/// </code>
/// </example>
public sealed class DashboardServerOptions : DashboardOptions
{
    /// <summary>
    /// Gets the address at which the server listens. The default value is <see cref="IPAddress.Loopback"/>. Another address needs
    /// <see cref="DashboardOptions.AllowRemote"/>.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Gets the port at which the server listens. The default value, 0, lets the system choose a free one.</summary>
    public int Port { get; init; }

    internal override void Validate()
    {
        base.Validate();
        if (Port is < 0 or > 65535)
        {
            throw new ArgumentOutOfRangeException(nameof(Port), Port, "Port must be between 0 and 65535; 0 lets the system choose one.");
        }

        if (!IPAddress.IsLoopback(Address) && !AllowRemote)
        {
            throw new ArgumentException(
                $"The address {Address} is reached from other machines. Set AllowRemote to admit them, or listen at IPAddress.Loopback.",
                    nameof(Address));
        }
    }
}
