# %% [markdown]
# # 5. Be the link
#
# One whole lesson by hand: who acts next, and what does it pass on? Say it; a wrong answer is matched to
# the mistakes.

# %%
import lernpy
from lernpy import lessons
from lernpy.lessons.be import BeTheLink, turns_of
from lernpy.lessons.situation import Situation

two = turns_of(Situation.of("two-two-two"))
game = BeTheLink(two, "h1")  # you are h1; all others act by themselves
game.next_turns

# %%
print(game.say("h1", 0.3775))  # that is its sum; what does it put out?
print(game.say("h1", 0.5933))
game.next_turns

# %%
print(game.say("h1", 0.0592))  # somebody has divided a pie
print(game.say("h1", 0.00877))
game.over, game.summary()

# %% question 5a

# %% question 5b

# %% question 5c

# %% [markdown]
# The whole lesson as a page: it plays here without Python, too.

# %%
net = lernpy.build.two_two_two()
lernpy.Trace.record(lernpy.slow_motion(net, [0.05, 0.10], [0.01, 0.99]), title="Two, two, two")

# %% [markdown]
# ## Before you go
#
# Who has no use for blame, and why?
