%% The longest gap that a caller sees, calling a gen_server without pause, while its state, a map of many entries, is
%% rewritten by code_change, between sys:suspend and sys:resume. Run by bench/pauses.py:
%%     escript pauses.erl ENTRIES SECONDS
%% It prints the longest gap without a change and the longest with one, in milliseconds.
-module(pauses).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2, code_change/3]).
-mode(compile).

main([Entries, Seconds]) ->
    Count = list_to_integer(Entries),
    Time = list_to_integer(Seconds) * 1000000,
    {ok, Server} = gen_server:start_link(?MODULE, Count, [{timeout, infinity}]),
    _ = longest(Server, Count, Time div 2),
    Without = longest(Server, Count, Time),
    spawn_link(fun() -> timer:sleep(Time div 4000), change(Server) end),
    With = longest(Server, Count, Time),
    io:format("~.3f ~.3f~n", [Without / 1000, With / 1000]).

change(Server) ->
    ok = sys:suspend(Server, infinity),
    ok = sys:change_code(Server, ?MODULE, 1, [], infinity),
    ok = sys:resume(Server, infinity).

longest(Server, Count, Time) ->
    Start = now_us(),
    longest(Server, Count, Start + Time, Start, 0, 0).

longest(_, _, End, Last, _, Longest) when Last >= End -> Longest;
longest(Server, Count, End, Last, Number, Longest) ->
    _ = gen_server:call(Server, {touch, Number rem Count}, infinity),
    Now = now_us(),
    longest(Server, Count, End, Now, Number + 7919, max(Longest, Now - Last)).

now_us() -> erlang:monotonic_time(microsecond).

init(Count) ->
    Entry = fun(N) -> {N, {N, iolist_to_binary(["entry ", integer_to_list(N)])}} end,
    {ok, {maps:from_list([Entry(N) || N <- lists:seq(0, Count - 1)]), 0}}.

handle_call({touch, Number}, _, {Entries, Touched}) ->
    #{Number := Entry} = Entries,
    {reply, element(1, Entry), {Entries, Touched + 1}}.

handle_cast(_, State) -> {noreply, State}.

code_change(_, {Entries, Touched}, _) ->
    {ok, {maps:map(fun(_, {Number, Title}) -> {Number, Title, <<"none">>} end, Entries), Touched}}.
