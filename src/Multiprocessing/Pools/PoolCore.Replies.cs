using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What comes back from the workers.</summary>
internal sealed unsafe partial class PoolCore
{
    /// <summary>Reads all replies of a worker; true if there were any.</summary>
    private bool Collect(PoolMember member)
    {
        var head = Volatile.Read(ref member.Channel->ReplyHead);
        if (head == member.ReplyTail)
        {
            return false;
        }

        var ring = member.Memory.Base + ChannelLayout.ReplyRing;
        while (member.ReplyTail != head)
        {
            var at = ring + (member.ReplyTail & (ChannelLayout.RingBytes - 1));
            var header = (ReplyHeader*)at;
            switch (header->Kind)
            {
                case ReplyKind.Pad:
                    member.ReplyTail += header->Length;
                    continue;
                case ReplyKind.Ready:
                    OnReady(member);
                    break;
                case ReplyKind.InitializerFailed:
                    OnInitializerFailed(member, header);
                    break;
                default:
                    OnReply(member, header);
                    break;
            }

            member.ReplyTail += (sizeof(ReplyHeader) + header->Length + 7) & ~7;
        }

        member.Requests.Completed(member.Replied);
        member.FreeReplies();
        if (!member.IsBusy)
        {
            member.IdleSince = Stopwatch.GetTimestamp();
            if (member.State == MemberState.Retiring)
            {
                CloseNow(member);
            }
        }

        return true;
    }

    private void OnReply(PoolMember member, ReplyHeader* header)
    {
        var handed = member.Hand.First!.Value;
        var index = handed.IndexOf(header->Sequence);
        var work = handed.Work;
        member.Replied = header->Sequence + 1;
        if (member.Replied == handed.EndNumber)
        {
            member.Hand.RemoveFirst();
        }

        if (header->WorkTicks != 0)
        {
            PaceOf(work).Learn(header->WorkTicks + header->ReadTicks);
        }

        if (member.Reason != KillReason.None && member.KillNumber == header->Sequence && !member.IsKilled)
        {
            member.Reason = KillReason.None; // it has stopped by itself
            member.KillAt = 0;
        }

        var data = (byte*)header + sizeof(ReplyHeader);
        var end = data + header->Length;
        work.ReleaseReferences(index);
        try
        {
            if (header->IsOutside != 0)
            {
                var length = ((long*)data)[1];
                data = member.Outside.Open(((long*)data)[0]).Base;
                end = data + length;
            }

            if (header->Kind == ReplyKind.Result)
            {
                work.Settings.Body?.LearnBytes(end - data);
                work.OnResult(index, data, end);
                return;
            }
        }
        catch (Exception exception)
        {
            work.OnError(index, exception); // the result's own code threw while it was read
            return;
        }

        work.OnError(index, ReadError(data, end));
    }

    private void OnReady(PoolMember member)
    {
        _failedStarts = 0;
        member.ReadyAt = member.IdleSince = Stopwatch.GetTimestamp();
        if (member.State == MemberState.Starting)
        {
            member.State = MemberState.Ready;
        }

        // The replacement is ready: the one that it replaces may go.
        foreach (var other in _members)
        {
            if (other.IsExpiring && other.State == MemberState.Ready)
            {
                Retire(other);
                break;
            }
        }
    }

    private void OnInitializerFailed(PoolMember member, ReplyHeader* header)
    {
        var data = (byte*)header + sizeof(ReplyHeader);
        var end = data + header->Length;
        if (header->IsOutside != 0)
        {
            var length = ((long*)data)[1];
            data = member.Outside.Open(((long*)data)[0]).Base;
            end = data + length;
        }

        Break(ReadError(data, end));
    }

    private static Exception ReadError(byte* data, byte* end)
    {
        try
        {
            return ValueSerializer.DeserializeException(ref data, end);
        }
        catch (Exception exception)
        {
            return exception; // the error's own code threw while it was read: that is what is left to tell
        }
    }
}
