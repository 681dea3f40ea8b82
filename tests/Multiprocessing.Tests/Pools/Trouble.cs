using System.Buffers;

namespace Multiprocessing.Tests.Pools;

/// <summary>Where a value makes trouble on its way.</summary>
public enum TroubleAt
{
    Nowhere,
    Writing,
    Reading,
}

/// <summary>What it does there.</summary>
public enum TroubleKind
{
    Error,
    Exit,
    Crash,
}

/// <summary>A value that makes trouble when it is written or read, but only in the process where it is meant to.</summary>
/// <param name="At">Where.</param>
/// <param name="Kind">What.</param>
/// <param name="InWorker">In a worker, or in the pool's own process.</param>
[ProcessSerializer(typeof(TroubleSerializer))]
public sealed record Trouble(TroubleAt At, TroubleKind Kind, bool InWorker)
{
    public static Trouble None { get; } = new(TroubleAt.Nowhere, TroubleKind.Error, InWorker: false);

    public static void Make(TroubleKind kind)
    {
        switch (kind)
        {
            case TroubleKind.Exit:
                Environment.Exit(1);
                break;
            case TroubleKind.Crash:
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
                break;
            default:
                throw new InvalidDataException("trouble");
        }
    }

    internal void MakeAt(TroubleAt at)
    {
        if (At == at && InWorker == CurrentProcess.IsChild)
        {
            Make(Kind);
        }
    }

    internal sealed class TroubleSerializer : IProcessSerializer<Trouble>
    {
        public void Write(Trouble value, IBufferWriter<byte> output)
        {
            value.MakeAt(TroubleAt.Writing);
            output.Write([(byte)value.At, (byte)value.Kind, (byte)(value.InWorker ? 1 : 0)]);
        }

        public Trouble Read(ReadOnlySpan<byte> data)
        {
            var value = new Trouble((TroubleAt)data[0], (TroubleKind)data[1], data[2] != 0);
            value.MakeAt(TroubleAt.Reading);
            return value;
        }
    }
}
