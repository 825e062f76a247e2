"""Words that say nothing by themselves, in nine languages, folded: left out beside others."""

_WORDS = """
    a an the and or of to in on for from by with without at as is are be was were do does can could
    may should would must how what which who whom when where why that this these those it its we
    our you your they their i my not into about between if there have has
    el la los las un una unos unas y o u de del al en para por con sin sobre entre que cual quien
    como cuando donde se su sus es son ser lo le les mi nuestro hay puede pueden debe e ni
    l des du d et ou au aux dans pour par avec sans sur qui quoi quel quelle quels quelles comment
    quand sa ses est sont ce cette ces il elle nous notre vous votre peut ne pas
    der die das den dem ein eine einen einem einer und oder von vom zu zum zur im am auf fur mit
    ohne uber unter zwischen bei aus nach wie wer wen welche welcher welches wann wo warum ist sind
    wird werden kann man darf muss sich es wir unser sie ihr nicht als
    els uns unes i dels amb sense quin quina quins quines com quan on seu seva pot cal
    os um uma umas do da dos das em no na nos nas pelo pela sem qual quem sao ao aos
    gli uno ed di dello della dei degli delle allo alla agli alle dal dalla nel nella nei nelle
    su sul sulla per senza tra fra che chi quale quali come quando dove si sono non
    de het een van voor met zonder op aan bij uit naar over tussen door om te zijn wordt worden kan
    mag moet wat welke hoe wanneer waar waarom deze dit er onze niet s
    في من على علي الي عن مع بين او ان هل ما ماذا كيف متي متى اين هذا هذه التي الذي هو هي لا كل
"""
STOP_WORDS = frozenset(_WORDS.split())
"""Not among them: the Italian "ai", since in other languages it is artificial intelligence."""
