using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing.Platform.Posix;

/// <summary>posix_spawn(3).</summary>
internal static unsafe partial class PosixSpawn
{
    // posix_spawnattr_t has 336 bytes and posix_spawn_file_actions_t 80 in glibc x64 and arm64, less in musl; sigset_t has 128.
    private const int OpaqueSize = 512;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int BrokenPipe = 13;
    private const int Terminate = 15;
    private const int TerminalInput = 21;
    private const int TerminalOutput = 22;
    private const short SetProcessGroup = 0x02;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;

    /// <summary>Starts the process and returns its id.</summary>
    /// <exception cref="Win32Exception">The system refused the start; the code is errno.</exception>
    public static int Start(SpawnRequest request)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var signals = stackalloc byte[OpaqueSize];
        using var strings = new NativeStrings();
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, strings.Add("/dev/null"), 0, 0));
            if (request.StandardOutput is { } output)
            {
                Check(posix_spawn_file_actions_adddup2(actions, ((DescriptorEnd)output).Number, 1));
            }

            if (request.StandardError is { } error)
            {
                Check(posix_spawn_file_actions_adddup2(actions, ((DescriptorEnd)error).Number, 2));
            }

            var channel = ((DescriptorEnd)request.Channel).Number;

            // dup2 onto itself clears close-on-exec in the child only (glibc 2.29, musl 1.2): no other process that starts at the same time inherits
            // the descriptor.
            Check(posix_spawn_file_actions_adddup2(actions, channel, channel));
            if (request.WorkingDirectory is { } directory)
            {
                Check(posix_spawn_file_actions_addchdir_np(actions, strings.Add(directory)));
            }

            // exec keeps the blocked signals. The child is in a group of its own and so never in the foreground of the terminal, and no shell can
            // bring it there: under "stty tostop" SIGTTOU would stop it for ever at its first line, and SIGTTIN when it reads from /dev/tty. With the
            // first blocked it may write, and with the second blocked the read fails (tty_ioctl(4), termios(3)). The same is right for programs that
            // it starts.
            _ = sigemptyset(signals);
            _ = sigaddset(signals, TerminalInput);
            _ = sigaddset(signals, TerminalOutput);
            Check(posix_spawnattr_setsigmask(attributes, signals));

            // exec also keeps the ignored signals. The runtime ignores SIGPIPE, and programs that the child starts must not inherit that. A shell
            // that starts a program in the background ignores SIGINT and SIGQUIT for it, but this child is asked to stop by them. With SIGCHLD
            // ignored the child would not notice how its own children end. SIGHUP stays ignored under nohup.
            _ = sigemptyset(signals);
            _ = sigaddset(signals, Interrupt);
            _ = sigaddset(signals, Quit);
            _ = sigaddset(signals, BrokenPipe);
            _ = sigaddset(signals, Terminate);
            _ = sigaddset(signals, ChildSignal.Number);
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            Check(posix_spawnattr_setpgroup(attributes, 0));
            Check(posix_spawnattr_setflags(attributes, SetProcessGroup | SetSignalDefaults | SetSignalMask));

            var arguments = strings.AddArray(request.Arguments);
            var environment = strings.AddArray(request.Environment.Select(pair => $"{pair.Key}={pair.Value}").ToArray());
            ChildSignal.KeepStatuses();
            Check(posix_spawn(out var processId, strings.Add(request.Path), actions, attributes, arguments, environment));
            return processId;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(out int pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setpgroup(byte* attributes, int group);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigaddset(byte* signals, int signal);

    /// <summary>Zero-terminated UTF-8 strings for one call.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly List<nint> _blocks = [];

        public byte* Add(string text)
        {
            var block = (byte*)NativeMemory.Alloc((nuint)Encoding.UTF8.GetByteCount(text) + 1);
            _blocks.Add((nint)block);
            var length = Encoding.UTF8.GetBytes(text, new Span<byte>(block, Encoding.UTF8.GetByteCount(text)));
            block[length] = 0;
            return block;
        }

        public byte** AddArray(IReadOnlyList<string> texts)
        {
            var array = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
            _blocks.Add((nint)array);
            for (var i = 0; i < texts.Count; i++)
            {
                array[i] = Add(texts[i]);
            }

            array[texts.Count] = null;
            return array;
        }

        public void Dispose()
        {
            foreach (var block in _blocks)
            {
                NativeMemory.Free((void*)block);
            }
        }
    }
}
