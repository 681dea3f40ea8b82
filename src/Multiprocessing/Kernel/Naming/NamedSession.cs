using System.Security.Cryptography;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The session in which unrelated programs of a user meet. It is a second session of the process, with the same tables but without a root. Each
/// process takes its slot itself. No parent reports how a process ended, so the first process that finds a death reports it at once.
/// </summary>
internal static unsafe class NamedSession
{
    private static readonly Lock Gate = new();
    private static Session? _current;

    /// <summary>Gets the session of the named objects. The first use joins it.</summary>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory.</exception>
    /// <exception cref="NamedObjectMismatchException">Programs of a build with another layout are in the session.</exception>
    public static Session Current
    {
        get
        {
            if (Volatile.Read(ref _current) is { } current)
            {
                return current;
            }

            lock (Gate)
            {
                if (_current is null)
                {
                    if (ProcessEnding.HasBegun)
                    {
                        throw ProcessEnding.Error();
                    }

                    var session = Join();
                    session.KeepUntilExit();
                    Volatile.Write(ref _current, session);
                }

                return _current;
            }
        }
    }

    /// <summary>Joins without becoming <see cref="Current"/>.</summary>
    /// <param name="root">The directory in which the session's directory lies; null for the default.</param>
    public static Session Join(string? root = null)
    {
        var directory = NamedDirectory.Prepare(root);
        Session session;
        using (directory.EnterGate())
        {
            var memory = directory.IsDeserted() ? Begin(directory) : Open(directory);
            directory.Stay();
            try
            {
                session = new Session(directory.Files, memory, TakeSlot(memory, directory.Files), directory);
            }
            catch
            {
                // The gate is still held, so no other process can have relied on this one.
                directory.Abandon();
                throw;
            }
        }

        // What the dead held is released and their waiters are woken; it may be that no other process has found them.
        for (var slot = 1; slot < ParticipantTable.Capacity; slot++)
        {
            session.Liveness.ReportIfDead(slot);
        }

        return session;
    }

    private static SessionMemory Begin(NamedDirectory directory)
    {
        directory.Wipe();
        NamedDirectoryList.Remember(directory.Files.Primary);
        var processId = Environment.ProcessId;
        var memory = SessionMemory.Create(directory.SessionFile, processId, ProcessIdentity.StartTimeOf(processId));

        // A handle in a message from an earlier session at this place must not name a segment of this one.
        memory.Header->FirstGeneration = RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);
        memory.Header->NextSlot = 1;
        return memory;
    }

    private static SessionMemory Open(NamedDirectory directory)
    {
        try
        {
            return SessionMemory.Open(directory.SessionFile);
        }
        catch (InvalidOperationException exception)
        {
            throw new NamedObjectMismatchException(
                "",
                SessionMemory.LayoutHere,
                SessionMemory.LayoutOf(directory.SessionFile),
                $"{exception.Message} Programs that meet by name must use the same layout: end those of the other build, or set "
                + $"{NamedDirectory.RootVariable} to another directory for these.");
        }
    }

    /// <summary>
    /// Takes a slot, with the gate. Slot 0 belongs to the process that holds the gate: the table lock needs an owner whose death can be proven before
    /// the process has a slot of its own. Killed anywhere: the next process gives slot 0 the next generation, which proves the earlier owner dead; a
    /// reserved slot becomes free by that proof, and an activated one is that of a dead process.
    /// </summary>
    private static ParticipantId TakeSlot(SessionMemory memory, SessionDirectory files)
    {
        var keeper = memory.Participants;
        var processId = Environment.ProcessId;
        var startTime = ProcessIdentity.StartTimeOf(processId);
        Volatile.Write(ref keeper->Generation, keeper->Generation + 1);
        Thread.MemoryBarrier();
        keeper->ProcessId = processId;
        keeper->StartTime = startTime;
        Volatile.Write(ref keeper->State, (int)ParticipantState.Active);
        var participants = new ParticipantTable(memory, new ParticipantId(0, keeper->Generation));
        var segments = new SegmentTable(memory, participants, files);
        try
        {
            segments.Enter();
            var taken = participants.Reserve();
            if (taken is null)
            {
                for (var slot = 1; slot < ParticipantTable.Capacity; slot++)
                {
                    if (!participants.IsAlive(new ParticipantId(slot, participants[slot]->Generation)))
                    {
                        Volatile.Write(ref participants[slot]->State, (int)ParticipantState.Dead);
                    }
                }

                taken = participants.Reserve();
            }

            if (taken is { } own)
            {
                segments.ReleaseAll(own.Slot);
                participants.Activate(own, processId, startTime);
            }

            segments.Exit();
            return taken
                ?? throw new InvalidOperationException($"{ParticipantTable.Capacity - 1} processes share objects by name, which is the maximum. "
                    + "Wait for some to end.");
        }
        finally
        {
            Volatile.Write(ref keeper->State, (int)ParticipantState.Free);
            GC.KeepAlive(memory);
        }
    }
}
