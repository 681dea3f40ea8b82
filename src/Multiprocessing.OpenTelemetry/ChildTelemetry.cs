using OpenTelemetry;

namespace Multiprocessing;

/// <summary>Sets up OpenTelemetry in child processes: workers of pools, services, managers and their own children.</summary>
/// <remarks>
/// <para>
/// A provider belongs to one process, and the program's <c>Main</c> does not run in a child. So a child gets providers and exporters of its own from
/// code that is copied to it (<see cref="ChildStartup"/>). They are flushed and disposed at the child's end. A child that is killed has lost at most
/// what its exporters had not sent yet: one batch.
/// </para>
/// <para>The attributes <c>process.pid</c> and <c>multiprocessing.process.name</c> are added to the resource of each child. Thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// static void Configure(IOpenTelemetryBuilder telemetry) => telemetry
///     .ConfigureResource(static resource => resource.AddService("shop"))
///     .WithTracing(static tracing => tracing.AddMultiprocessingInstrumentation().AddOtlpExporter())
///     .WithMetrics(static metrics => metrics.AddMultiprocessingInstrumentation().AddOtlpExporter());
///
/// using var here = OpenTelemetrySdk.Create(Configure);
/// using var children = ChildTelemetry.Configure(Configure);
/// </code>
/// </example>
public static class ChildTelemetry
{
    private static readonly TimeSpan DefaultFlushTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Sets up OpenTelemetry in the children that start from now on.</summary>
    /// <param name="configure">
    /// Configures the signals that a child exports. It runs in the child before the body, and is copied there as a body is: what it captures must be
    /// able to cross.
    /// </param>
    /// <param name="flushTimeout">
    /// The longest time in which a child sends the rest at its end; <see langword="null"/> for 5 seconds. A child that is stopped and
    /// takes longer than <see cref="ChildProcessOptions.TerminationGrace"/> is killed.
    /// </param>
    /// <returns>An object that ends the set-up for children that start after its disposal.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="flushTimeout"/> is not positive, or more than 24 days.</exception>
    /// <exception cref="NotSerializableException"><paramref name="configure"/> has captured what cannot be sent to another process.</exception>
    public static IDisposable Configure(Action<IOpenTelemetryBuilder> configure, TimeSpan? flushTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var timeout = flushTimeout ?? DefaultFlushTimeout;
        if (timeout <= TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(flushTimeout), timeout, "The timeout must be positive, and at most 24 days.");
        }

        return ChildStartup.Add(() => new ChildProviders(configure, timeout));
    }
}
