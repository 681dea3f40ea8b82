using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Names;

public sealed class NamedDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly MeetingPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void The_directory_is_private_and_its_files_are_removed_when_the_last_participant_leaves()
    {
        var first = _place.Join();
        var second = _place.Join();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_place.Directory).ShouldBe(Private);
        }

        first.Leave();
        _place.Files().ShouldBe([SessionDirectory.SessionFile]);
        second.Leave();
        _place.ShouldBeEmptied();
        using var value = SharedValue<int>.OpenOrCreate(_place.Join(), "x", 1);
        value.Value.ShouldBe(1);
    }

    [PosixFact("The temp directory there lies in the user's own profile.")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_place_that_is_open_to_others_is_refused()
    {
        _place.Join().Leave();
        File.SetUnixFileMode(_place.Directory, Private | UnixFileMode.GroupRead | UnixFileMode.OtherWrite);
        Should.Throw<UnauthorizedAccessException>(() => _place.Join()).Message.ShouldContain("chmod");
        File.SetUnixFileMode(_place.Directory, Private);
        _place.Join();
    }

    [NotUnderWineFact("Wine 8 makes no symbolic links.")]
    public void A_link_to_elsewhere_is_refused()
    {
        _place.Join().Leave();
        var path = _place.Directory;
        var elsewhere = Path.Combine(_place.Root, "..", Path.GetFileName(_place.Root) + "-elsewhere");
        Directory.Move(path, elsewhere);
        try
        {
            Directory.CreateSymbolicLink(path, elsewhere);
            Should.Throw<UnauthorizedAccessException>(() => _place.Join()).Message.ShouldContain("link");
        }
        finally
        {
            Directory.Delete(path);
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public unsafe void Another_layout_is_an_error_that_names_both()
    {
        var session = _place.Join();
        session.Memory.Header->LayoutVersion = 77;
        var layout = Should.Throw<NamedObjectMismatchException>(() => _place.Join());
        layout.Expected.ShouldBe(SessionMemory.LayoutHere);
        layout.Expected.ShouldStartWith($"layout {SessionHeader.ExpectedVersion} with 64-bit pointers");
        layout.Actual.ShouldBe(layout.Expected.Replace($"layout {SessionHeader.ExpectedVersion} ", "layout 77 "));
        layout.Message.ShouldContain(layout.Expected);
        layout.Message.ShouldContain(layout.Actual);
        session.Memory.Header->LayoutVersion = SessionHeader.ExpectedVersion;
        session.Memory.Header->PointerSize = 4;
        Should.Throw<NamedObjectMismatchException>(() => _place.Join()).Message.ShouldContain("32-bit");
        session.Memory.Header->PointerSize = 8;
        session.Memory.Header->ParksSleepers ^= 1;
        Should.Throw<NamedObjectMismatchException>(() => _place.Join()).Message.ShouldContain(Facilities.ForceVariable);

        // No process of those that wrote it lives, so it is removed, whatever its layout.
        session.Leave();
        _place.ShouldBeEmptied();
        _place.Join();
    }

    [Fact]
    public void Handles_of_an_earlier_session_of_the_place_mean_nothing_in_the_next_one()
    {
        var first = _place.Join();
        var id = first.Segments.Create(SegmentKind.Other, 4096, SegmentId.None).Id;
        first.Leave();
        var second = _place.Join();
        var anew = second.Segments.Create(SegmentKind.Other, 4096, SegmentId.None).Id;
        anew.Index.ShouldBe(id.Index);
        anew.Generation.ShouldNotBe(id.Generation);
        second.Segments.Open(id, hold: false).ShouldBeNull();
    }

    [Fact]
    public unsafe void A_doorkeeper_that_was_killed_with_the_table_lock_is_followed_by_the_next_one()
    {
        var session = _place.Join();
        var keeper = session.Participants[0];
        keeper->Generation++;
        keeper->ProcessId = int.MaxValue - 1;
        keeper->StartTime = 1;
        keeper->State = (int)ParticipantState.Active;
        session.Memory.Header->TableLock = OwnerLock.WordOf(new ParticipantId(0, keeper->Generation));
        var next = _place.Join();
        next.Self.Slot.ShouldNotBe(session.Self.Slot);
        next.Liveness.ListParticipants().Count.ShouldBe(2);
    }

    [Fact]
    public unsafe void A_slot_whose_process_is_gone_is_given_out_again_and_what_it_held_goes()
    {
        var session = _place.Join();
        var dead = _place.Join();
        _ = SharedValue<int>.OpenOrCreate(dead, "x", 1);
        dead.Participants[dead.Self.Slot]->StartTime++;
        _place.Join();
        session.Segments.CountLive(SegmentKind.Array).ShouldBe(0);
        ((ParticipantState)session.Participants[dead.Self.Slot]->State).ShouldBe(ParticipantState.Dead);
    }
}
