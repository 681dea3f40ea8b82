namespace Multiprocessing;

/// <summary>
/// Types of the framework that belong to their process, by name. Also compiled into the analyzer, which reports them when a program is built.
/// </summary>
internal static partial class Refusals
{
    private const string Pointers = "A pointer is an address in this process; pass the data that it points to, or a SharedMemory.";
    private const string Queues = "It passes objects between the threads of one process; use a ProcessQueue<T> instead.";
    private const string Handles = "It belongs to this process; open it in the child, or pass its name.";
    private const string Tasks = "A task runs in the process that started it; await it first and pass its result.";
    private const string Iterators =
        "It is a method that has started and not ended, which cannot continue in another process; pass its results (ToList()), or call the method "
        + "in the child.";

    /// <summary>
    /// The suggestions by the full name (without type arguments) of the type, of a base class or of an interface, so that no assembly is loaded for
    /// the check.
    /// </summary>
    internal static readonly Dictionary<string, string> ByName = new()
    {
        ["System.Collections.Concurrent.ConcurrentQueue`1"] = Queues,
        ["System.Collections.Concurrent.ConcurrentStack`1"] = Queues,
        ["System.Collections.Concurrent.ConcurrentBag`1"] = Queues,
        ["System.Collections.Concurrent.BlockingCollection`1"] = Queues,
        ["System.Threading.Channels.Channel`2"] = Queues,
        ["System.Threading.Channels.ChannelReader`1"] = Queues,
        ["System.Threading.Channels.ChannelWriter`1"] = Queues,
        ["System.Threading.Thread"] = "A thread belongs to its process; start it in the child.",
        ["System.Threading.Tasks.Task"] = Tasks,
        ["System.Threading.Tasks.TaskCompletionSource"] =
            "It completes tasks of its own process; use a ProcessEvent or a ProcessQueue<T> to notify another process.",
        ["System.Threading.Tasks.TaskCompletionSource`1"] =
            "It completes tasks of its own process; use a ProcessEvent or a ProcessQueue<T> to notify another process.",
        ["System.Threading.Tasks.Sources.IValueTaskSource"] = Tasks,
        ["System.Threading.Tasks.TaskScheduler"] = "It schedules the threads of this process; create one in the child.",
        ["System.Threading.CancellationTokenSource"] =
            "Cancellation sources do not cross; use a ProcessEvent, or CurrentProcess.Stopping in the child.",
        ["System.Threading.Lock"] = "It locks threads of one process; use a ProcessLock instead.",
        ["System.Threading.Mutex"] = "It belongs to this process; use a ProcessLock instead.",
        ["System.Threading.Semaphore"] = "It belongs to this process; use a ProcessSemaphore instead.",
        ["System.Threading.SemaphoreSlim"] = "It counts threads of one process; use a ProcessSemaphore instead.",
        ["System.Threading.EventWaitHandle"] = "It belongs to this process; use a ProcessEvent instead.",
        ["System.Threading.ManualResetEventSlim"] = "It wakes threads of one process; use a ProcessEvent instead.",
        ["System.Threading.WaitHandle"] = "It belongs to this process; use a ProcessEvent, a ProcessLock or a ProcessSemaphore instead.",
        ["System.Threading.ReaderWriterLockSlim"] = "It locks threads of one process; use a ProcessReaderWriterLock instead.",
        ["System.Threading.ReaderWriterLock"] = "It locks threads of one process; use a ProcessReaderWriterLock instead.",
        ["System.Threading.Barrier"] = "It joins threads of one process; use a ProcessBarrier instead.",
        ["System.Threading.CountdownEvent"] = "It wakes threads of one process; use a ProcessSemaphore or a ProcessBarrier instead.",
        ["System.Threading.Timer"] = "It calls back in this process; create it in the child.",
        ["System.Threading.PeriodicTimer"] = "It wakes this process; create it in the child.",
        ["System.Timers.Timer"] = "It calls back in this process; create it in the child.",
        ["System.Threading.ThreadLocal`1"] = "It holds a value per thread of this process; pass the value.",
        ["System.Threading.AsyncLocal`1"] = "It belongs to the flow of control in this process; pass its value.",
        ["System.Threading.ExecutionContext"] = "It belongs to the flow of control in this process; pass the values you need.",
        ["System.Threading.SynchronizationContext"] = "It belongs to threads of this process; create one in the child.",
        ["System.IO.Stream"] = "Open it in the child (a file by its path), or pass its bytes; a MemoryStream crosses with its content.",
        ["System.IO.TextReader"] = "Open it in the child, or pass the text.",
        ["System.IO.StreamWriter"] = "Open it in the child (a file by its path), or pass the text.",
        ["System.Net.Sockets.Socket"] = "Open it in the child: pass the address, or send the data through a ProcessQueue<T>.",
        ["System.Net.Sockets.TcpClient"] = "Open it in the child: pass the address, or send the data through a ProcessQueue<T>.",
        ["System.Net.Sockets.UdpClient"] = "Open it in the child: pass the address, or send the data through a ProcessQueue<T>.",
        ["System.Net.Sockets.TcpListener"] = "Listen in the child.",
        ["System.Net.Http.HttpMessageInvoker"] = "It holds open connections; create it in the child.",
        ["System.Net.Http.HttpMessageHandler"] = "It holds open connections; create it in the child.",
        ["System.Runtime.InteropServices.SafeHandle"] = Handles,
        ["System.Runtime.InteropServices.CriticalHandle"] = Handles,
        ["System.Runtime.InteropServices.HandleRef"] = Handles,
        ["System.Runtime.InteropServices.GCHandle"] = "It pins an object of this process; pass the object.",
        ["System.Runtime.InteropServices.GCHandle`1"] = "It pins an object of this process; pass the object.",
        ["System.Runtime.InteropServices.PinnedGCHandle`1"] = "It pins an object of this process; pass the object.",
        ["System.Runtime.InteropServices.WeakGCHandle`1"] = "It refers to an object of this process; pass the object.",
        ["System.Runtime.DependentHandle"] = "It refers to objects of this process; pass the objects.",
        ["System.WeakReference"] = "Nothing would keep its object alive in the child; pass the object itself, or nothing.",
        ["System.WeakReference`1"] = "Nothing would keep its object alive in the child; pass the object itself, or nothing.",
        ["System.Runtime.CompilerServices.ConditionalWeakTable`2"] = "It attaches values to objects of this process; pass a Dictionary.",
        ["System.Diagnostics.Process"] = "Pass its Id.",
        ["Multiprocessing.ChildProcess"] = "It belongs to the process that started it; join or stop it there, or pass its Id.",
        ["System.IO.FileSystemWatcher"] = "It watches for this process; create it in the child.",
        ["System.IO.MemoryMappedFiles.MemoryMappedFile"] = "Use a SharedMemory instead.",
        ["System.IO.UnmanagedMemoryAccessor"] = "Use a SharedMemory instead.",
        ["System.Buffers.MemoryHandle"] = Pointers,
        ["System.Threading.CancellationTokenRegistration"] = "It belongs to a source in this process; register again in the child.",
        ["System.Threading.ITimer"] = "It calls back in this process; create it in the child.",
        ["System.Data.Common.DbConnection"] = "Open the connection in the child; its connection string crosses.",
        ["System.Data.Common.DbCommand"] = "It belongs to a connection of this process; create it in the child.",
        ["System.Data.Common.DbDataReader"] = "It reads from a connection of this process; pass the rows.",
        ["System.Data.Common.DbTransaction"] = "It belongs to a connection of this process; begin it in the child.",
        ["System.Reflection.Pointer"] = Pointers,
        ["System.Runtime.CompilerServices.IAsyncStateMachine"] = Iterators,
        ["System.Linq.Lookup`2"] = "It keeps hash codes, which differ in every process; pass a Dictionary (ToDictionary), or group in the child.",
        ["System.Collections.Immutable.SortedInt32KeyNode`1"] = "It keeps hash codes, which differ in every process; call ToImmutable() first.",
        ["System.Collections.Immutable.ImmutableDictionary`2+Builder"] =
            "It keeps hash codes, which differ in every process; call ToImmutable() first.",
        ["System.Collections.Immutable.ImmutableHashSet`1+Builder"] = "It keeps hash codes, which differ in every process; call ToImmutable() first.",
        ["System.Runtime.Loader.AssemblyLoadContext"] = "It loads assemblies into this process; create one in the child.",
        ["System.AppDomain"] = "It is this process itself; use AppDomain.CurrentDomain in the child.",
        ["System.__ComObject"] = "It belongs to an apartment of this process; create it in the child.",
        ["System.Runtime.InteropServices.Marshalling.ComObject"] = "It belongs to this process; create it in the child.",
        ["System.UriParser"] = "Pass the Uri.",
    };
}
