using Shouldly;
using Xunit;

namespace Multiprocessing.Architecture.Tests;

public class LayerTests
{
    [Fact]
    public void Every_file_lies_in_a_room() =>
        Library.Instance.Files.Where(static file => Rooms.HeightOf(Rooms.Of(file)) < 0).ShouldBeEmpty();

    [Fact]
    public void Every_room_has_files_and_is_read_with_its_references()
    {
        foreach (var room in Rooms.FromTheLowest)
        {
            Library.Instance.Files.ShouldContain(file => Rooms.Of(file) == room, $"The room '{room}' is empty.");
            Library.Instance.References.ShouldContain(reference => reference.From == room || reference.To == room, $"No reference from or to '{room}' was found: are the sources read?");
        }
    }

    [Fact]
    public void Arrows_between_rooms_point_down()
    {
        var up = Library.Instance.References.Where(static reference => Rooms.HeightOf(reference.To) > Rooms.HeightOf(reference.From)).ToList();
        up.ShouldBeEmpty($"{up.Count} references to a higher room:{Environment.NewLine}{string.Join(Environment.NewLine, up)}{Environment.NewLine}");
    }
}
