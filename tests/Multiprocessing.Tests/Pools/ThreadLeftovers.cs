using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What code can leave behind on the thread that ran it, and a look at all of it.</summary>
internal static class ThreadLeftovers
{
    private static readonly AsyncLocal<string?> Local = new();

    private static readonly Dictionary<string, Action> Ways = new()
    {
        ["culture"] = static () => CultureInfo.CurrentCulture = Changed(),
        ["UI culture"] = static () => CultureInfo.CurrentUICulture = Changed(),
        ["culture of the thread"] = static () => Thread.CurrentThread.CurrentCulture = Changed(),
        ["async local"] = static () => Local.Value = "left",
        ["suppressed flow"] = static () => ExecutionContext.SuppressFlow(),
        ["suppressed flow and async local"] = static () =>
        {
            Local.Value = "left";
            ExecutionContext.SuppressFlow();
        },
        ["activity"] = static () => new Activity("left").Start(),
        ["principal"] = static () => Thread.CurrentPrincipal = new System.Security.Principal.GenericPrincipal(new System.Security.Principal.GenericIdentity("left"), []),
        ["synchronization context"] = static () => SynchronizationContext.SetSynchronizationContext(new LeftContext()),
        ["priority"] = static () => Thread.CurrentThread.Priority = ThreadPriority.Lowest,
        ["name"] = static () => Thread.CurrentThread.Name = "left",
        ["background"] = static () => Thread.CurrentThread.IsBackground = !Thread.CurrentThread.IsBackground,
        ["interrupt"] = static () => Thread.CurrentThread.Interrupt(),
        ["everything"] = static () => Array.ForEach([.. Names.Where(static name => name != "everything")], static name => Leave(name)),
    };

    public static IReadOnlyCollection<string> Names => Ways.Keys;

    public static void Leave(string name) => Ways[name]();

    public static string Look()
    {
        var thread = Thread.CurrentThread;
        return string.Join(
            "; ",
            $"{1234.5:N1} and {CultureInfo.CurrentCulture.IsReadOnly}, UI {CultureInfo.CurrentUICulture.IsReadOnly}",
            $"local {Local.Value}",
            $"flow {ExecutionContext.IsFlowSuppressed()}",
            $"activity {Activity.Current?.OperationName}",
            $"principal {Thread.CurrentPrincipal?.Identity?.Name}",
            $"context {SynchronizationContext.Current?.GetType().Name}",
            $"{thread.Priority}, '{thread.Name}', {thread.IsBackground}",
            $"interrupted {IsInterrupted()}");
    }

    private static bool IsInterrupted()
    {
        try
        {
            Thread.Sleep(1);
            return false;
        }
        catch (ThreadInterruptedException)
        {
            return true;
        }
    }

    // The machine may know no culture but the invariant one: changed formats show as well.
    private static CultureInfo Changed()
    {
        var changed = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        changed.NumberFormat.NumberDecimalSeparator = ",";
        changed.NumberFormat.NumberGroupSeparator = ".";
        return changed;
    }

    private sealed class LeftContext : SynchronizationContext
    {
    }
}
