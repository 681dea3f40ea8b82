namespace Multiprocessing;

/// <summary>The items of one map or stream of a pool of this machine. Each worker gets the body once.</summary>
internal sealed class PoolItems<TItem, TResult>(PoolCore core, SharedBody shared, TaskSettings settings, bool hasResult, MapOptions? options)
    : ItemFlow<TItem, TResult>(options)
{
    public override TypicalSize Size => shared.Size;

    protected override IProgressPool Pool => core;

    protected override string TaskName => settings.Name;

    protected override bool HasLinks => shared.HasLinks;

    public override void Post(Action action) => core.Post(action);

    protected override void Give(TItem[] items, long index) =>
        core.Submit(new ItemBatch<TItem, TResult>(items, items.Length, hasResult, settings, Receiver, index));

    protected override void End(bool kills)
    {
        var receiver = Receiver;
        core.Cancel(batch => batch is ItemBatch<TItem, TResult> items && items.Receiver == receiver, kills);
    }

    protected override void Release() => shared.Release();
}
